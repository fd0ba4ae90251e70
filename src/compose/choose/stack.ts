import { byName } from '../../config/values/by-name.ts';
import { CanaryError } from '../../errors.ts';
import { type RoutedChoice, routedChoice } from '../ingress/routed-choice.ts';
import type { ComposeModel, ComposeService } from '../model/model.ts';
import type { ConfigurationFiles } from '../services/configuration-file.ts';
import { foundByLabels } from '../services/edge.ts';
import { type Edge, edgeOf, type FoundEdge, findEdges } from '../services/find-edges.ts';
import { type OpenPort, openPort } from '../services/open-port.ts';
import { type Roled, roleOf } from '../services/roles.ts';
import { type Call, findCalls } from '../services/service-map.ts';

/** Everything a choice is based on. */
export interface Stack {
  model: ComposeModel;
  files: ConfigurationFiles;
  calls: readonly Call[];
  edges: readonly Edge[];
  roles: Readonly<Record<string, Roled>>;
}

/** Reads the model, in an order that does not depend on the order in the file. */
export function readStack(model: ComposeModel, files: ConfigurationFiles = {}): Stack {
  const key = ({ from, to }: Call) => `${from} ${to}`;
  const calls = findCalls(model, files).toSorted((left, right) =>
    key(left) < key(right) ? -1 : 1,
  );
  const names = Object.keys(model.services).sort();
  return {
    model,
    files,
    calls,
    edges: findEdges(model, files, calls).toSorted(
      (left, right) => left.published - right.published || (left.name < right.name ? -1 : 1),
    ),
    roles: byName(names.map((name) => [name, roleOf(model, name, files[name])] as const)),
  };
}

export function serviceOf({ model }: Stack, name: string): ComposeService {
  return model.services[name] ?? {};
}

/** How users come to a service. */
export type WayIn =
  | ({ kind: 'entry' } & OpenPort)
  | FoundEdge
  /** A router finds it by its labels or environment, and the proxy can be placed between. */
  | ({ kind: 'routed' } & RoutedChoice)
  /**
   * The same, but the proxy cannot be placed between; `edges`: services of the stack that may be
   * the router.
   */
  | { kind: 'labels'; by: string; edges: string[] };

/**
 * How users reach a service if those in `chosen` are cloned: their own proxies then call the
 * clones.
 */
export function wayIn(
  stack: Stack,
  name: string,
  chosen: ReadonlySet<string> = new Set(),
): WayIn | undefined {
  const service = serviceOf(stack, name);
  const said = stack.model.said?.entries?.[name];
  const open = openPort(service, said);
  const edges = stack.edges.filter((edge) => edge.name !== name && !chosen.has(edge.name));
  const found = edgeOf(stack.model, stack.files, edges, name);
  if (open && (said !== undefined || !isPreferred(found, open))) return { kind: 'entry', ...open };
  const by = foundByLabels(service);
  if (!by || found?.kind === 'through') return found;
  const routed = canBeRouted(stack, name);
  return routed
    ? { kind: 'routed', ...routed }
    : { kind: 'labels', by, edges: edges.map((edge) => edge.name) };
}

function canBeRouted({ model, files }: Stack, name: string): RoutedChoice | undefined {
  try {
    return routedChoice(model, files, name);
  } catch (error) {
    if (error instanceof CanaryError) return undefined;
    throw error;
  }
}

/** The ports that browsers use by default. */
export const USUAL_PORTS = new Set([80, 443]);

/**
 * Whether users come through the proxies in front of a service although it publishes a port: those
 * proxies have the default ports of browsers.
 */
function isPreferred(found: FoundEdge | undefined, open: OpenPort): boolean {
  if (found?.kind === 'through') return open.speaks !== 'http';
  return found?.isFirm === true && USUAL_PORTS.has(found.published) && !USUAL_PORTS.has(open.port);
}

/**
 * Whether a proxy of the stack consists only of its configuration; one that is built with its own
 * pages belongs to the team.
 */
export function isPlainEdge({ model, files, edges }: Stack, name: string): boolean {
  const hasPages = (files[name] ?? []).some(({ text }) => /^[ \t]*COPY[ \t]+--from=/im.test(text));
  const isEdge = edges.some((edge) => edge.name === name);
  return isEdge && !(model.services[name]?.build && hasPages);
}
