import { literally } from '../../config/values/literally.ts';
import { type ComposeModel, listeningPort } from '../model/model.ts';
import { type ConfigurationFiles, otherLanguage } from './configuration-file.ts';
import { edgeKind, foundByLabels } from './edge.ts';
import { openPort } from './open-port.ts';
import { type Call, isFirm } from './service-map.ts';
import { statefulReason } from './stateful.ts';

/**
 * A proxy of the stack that users come through: it publishes a port and forwards requests to other
 * services.
 */
export interface Edge {
  name: string;
  published: number;
  /** The services it forwards requests to, and where that is stated. */
  calls: ReadonlyMap<string, Call>;
}

export function findEdges(
  model: ComposeModel,
  files: ConfigurationFiles,
  calls: readonly Call[],
): Edge[] {
  const isLabelled = Object.values(model.services).some(foundByLabels);
  return Object.entries(model.services).flatMap(([name, service]) => {
    const open = openPort(service);
    const kind = edgeKind(service, files[name]);
    if (!open || !kind) return [];
    const own = calls.filter(({ from, to }) => {
      const target = model.services[to] ?? {};
      return from === name && !statefulReason(target, model, files[to]);
    });
    // Apache is more often the runtime of an application than a proxy in front of one.
    const said = kind === 'apache' ? own.filter(isFirm) : own;
    if (said.length === 0 && !(isLabelled && goesByLabels(kind, name))) return [];
    return [{ name, published: open.port, calls: new Map(said.map((call) => [call.to, call])) }];
  });
}

function goesByLabels(kind: string, name: string): boolean {
  return kind === 'traefik' || kind === 'caddy' || /proxy|router|traefik|caddy/.test(name);
}

/** How users come to a service through the edges in front of it. */
export type FoundEdge =
  | {
      kind: 'behind';
      names: string[];
      because: string;
      /** Known from more than the start order. */
      isFirm: boolean;
      published: number;
      port: number;
      /** The same port, if the service's definition does not state it. */
      said: number | undefined;
      protocol: 'http2' | undefined;
    }
  /** The proxy cannot be placed between the two; they are cloned together. */
  | { kind: 'through'; edge: string; because: string; language: string };

/**
 * How the edges in front of a service reach it; `undefined` if there is no edge, or the port is
 * unknown.
 */
export function edgeOf(
  model: ComposeModel,
  files: ConfigurationFiles,
  edges: readonly Edge[],
  name: string,
): FoundEdge | undefined {
  const own = edges.filter((edge) => edge.calls.has(name));
  const [first] = own;
  const call = first?.calls.get(name);
  if (!first || !call) return undefined;
  const service = model.services[name] ?? {};
  const language = own
    .flatMap((edge) => files[edge.name] ?? [])
    .map((file) => otherLanguage(file, name))
    .find((each) => each !== undefined);
  const { because } = call;
  if (language && language !== 'gRPC')
    return { kind: 'through', edge: first.name, because, language };
  const listening = listeningPort(service);
  const port = portSaid(files, own, name, listening !== undefined) ?? listening;
  if (port === undefined) return undefined;
  return {
    kind: 'behind',
    names: own.map((edge) => edge.name),
    because,
    isFirm: isFirm(call),
    published: first.published,
    port,
    said: port === listening ? undefined : port,
    protocol: language === 'gRPC' ? 'http2' : undefined,
  };
}

/** The port of a service according to the edges in front of it, or else its own Dockerfile. */
export function portSaid(
  files: ConfigurationFiles,
  edges: readonly Edge[],
  name: string,
  isKnown: boolean,
): number | undefined {
  const host = literally(name);
  const patterns = [
    ...edges.map((edge) => [edge.name, new RegExp(`[/\\s]${host}:(\\d{1,5})\\b`)] as const),
    ...(isKnown ? [] : [[name, /^[ \t]*EXPOSE[ \t]+(\d{1,5})/im] as const]),
  ];
  const found = patterns.flatMap(([service, pattern]) =>
    (files[service] ?? []).flatMap(({ text }) => pattern.exec(text)?.[1] ?? []),
  );
  if (found.length > 0) return Number(found[0]);
  const usual = new RegExp(`\\shttp://${host}(?=[/;\\s]|$)`, 'm');
  const isUsual = edges.some((edge) => files[edge.name]?.some(({ text }) => usual.test(text)));
  return isUsual && !isKnown ? 80 : undefined;
}
