import type { ComposeModel } from '../compose/model/model.ts';
import type { Call } from '../compose/services/service-map.ts';
import { isQueue, type ServerKind, statefulKind } from './kind.ts';

/** A database that is copied for a rehearsal. */
export interface SharedDatabase {
  service: string;
  server: ServerKind;
}

/** A service that keeps data and cannot be rehearsed. */
export interface Unrehearsed {
  service: string;
  /** The kind of service, such as `Redis`. */
  kind: string;
  /** Canary workers take work from the stable's workers. */
  isQueue: boolean;
}

export interface SharedData {
  databases: SharedDatabase[];
  unrehearsed: Unrehearsed[];
}

/** What it means to share such a service, in words. */
export function sharedText({ service, kind, isQueue }: Unrehearsed): string {
  const risk = isQueue ? ': workers of the canary take work from the same queues' : '';
  return `The canary shares \`${service}\` (${kind}) with the stable${risk}. It cannot be rehearsed.`;
}

/**
 * The data that the chosen services share with the stable: the services that keep data and that a
 * chosen service names. If they name no database, all databases they can reach are used: a name may
 * be in the code, where canary cannot see it.
 */
export function sharedData(
  model: ComposeModel,
  slice: readonly string[],
  calls: readonly Call[],
  wanted?: readonly string[],
): SharedData {
  const stateful = Object.entries(model.services)
    .filter(([name]) => !slice.includes(name))
    .flatMap(([service, definition]) => {
      const kind = statefulKind(definition, model);
      return kind ? [{ service, kind }] : [];
    });
  const isNamed = ({ service }: { service: string }) =>
    calls.some(({ from, to }) => slice.includes(from) && to === service);
  const databases = stateful.flatMap(({ service, kind }) =>
    'server' in kind ? [{ service, server: kind.server }] : [],
  );
  const named = databases.filter(isNamed);
  const reached = databases.filter(({ service }) =>
    slice.some((member) => shareNetwork(model, member, service)),
  );
  const used = named.length > 0 ? named : reached;
  return {
    databases: wanted ? databases.filter(({ service }) => wanted.includes(service)) : used,
    unrehearsed: stateful.filter(isNamed).flatMap(({ service, kind }) => {
      if (!('other' in kind)) return [];
      return [{ service, kind: kind.other, isQueue: isQueue(kind.other) }];
    }),
  };
}

function shareNetwork({ services }: ComposeModel, left: string, right: string): boolean {
  const networks = (name: string) => Object.keys(services[name]?.networks ?? { default: null });
  return networks(left).some((network) => networks(right).includes(network));
}
