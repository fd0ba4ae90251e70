import { missingCompanion } from '../clone/companions.ts';
import { networkNames } from '../model/fields.ts';
import { namespaceMembers, namespaceOwner } from '../model/namespaces.ts';
import { edgeKind } from '../services/edge.ts';
import { type Call, isFirm } from '../services/service-map.ts';
import { obstacleOf } from './choosable.ts';
import { type Stack, serviceOf, USUAL_PORTS, wayIn } from './stack.ts';

/** A service that a choice needs, and why. */
export interface Addition {
  service: string;
  why: string;
}

/** A choice with the services it needs, in the order in which they were added. */
export interface Completed {
  names: string[];
  added: Addition[];
  /** Chosen services that no user request is known to reach. */
  unreached: string[];
}

/**
 * Adds the services that belong to a choice: those that share a namespace and, for a service that
 * no user reaches, the nearest service that users reach and the services between them. Callers are
 * known from configuration, environment and commands; the start order, and the only open service,
 * are used only if nothing better is known.
 */
export function completeChoice(
  stack: Stack,
  chosen: readonly string[],
  mayGuess = true,
): Completed {
  const state: Completed = { names: [...new Set(chosen)], added: [], unreached: [] };
  addCompanions(stack, state);
  let reached = reachedFrom(stack, state.names);
  for (const name of [...state.names]) {
    if (reached.has(name)) continue;
    const found = whatLeadsTo(stack, name, state.names, reached, mayGuess);
    if (!found) state.unreached.push(name);
    if (!found || found.length === 0) continue;
    for (const addition of found) add(state, addition);
    addCompanions(stack, state);
    reached = reachedFrom(stack, state.names);
  }
  return state;
}

/**
 * What to add for a service that no user reaches; nothing for a background service if users reach
 * another chosen service.
 */
function whatLeadsTo(
  stack: Stack,
  name: string,
  names: readonly string[],
  reached: ReadonlySet<string>,
  mayGuess: boolean,
): Addition[] | undefined {
  const isAlone = mayGuess && reached.size === 0;
  if (/^(worker|scheduler)$/.test(stack.roles[name]?.role ?? ''))
    return isAlone ? sameCode(stack, name) : [];
  const chosen = new Set(names);
  const firm = stack.calls.filter(isFirm);
  return (
    climb(stack, name, chosen, reached, firm) ??
    climb(stack, name, chosen, reached, stack.calls) ??
    (isAlone ? onlyDoor(stack, name) : undefined)
  );
}

function add(state: Completed, addition: Addition): void {
  if (state.names.includes(addition.service)) return;
  state.names.push(addition.service);
  state.added.push(addition);
}

/** Adds the companions of the chosen services. */
function addCompanions({ model }: Stack, state: Completed): void {
  for (;;) {
    const missing = missingCompanion(model, state.names);
    if (!missing) return;
    add(state, { service: missing.service, why: missing.because });
  }
}

/** The chosen services that users reach, directly or through calls from other chosen services. */
export function reachedFrom(stack: Stack, names: readonly string[]): Set<string> {
  const chosen = new Set(names);
  const reached = new Set(names.filter((name) => isOpen(stack, name, chosen)));
  for (const name of reached) {
    for (const { from, to } of stack.calls) {
      if (from === name && chosen.has(to)) reached.add(to);
    }
    for (const joiner of namespaceMembers(name, stack.model)) {
      if (chosen.has(joiner)) reached.add(joiner);
    }
  }
  return reached;
}

function isOpen(stack: Stack, name: string, chosen: ReadonlySet<string>): boolean {
  const kind = wayIn(stack, name, chosen)?.kind;
  return kind === 'entry' || kind === 'behind' || kind === 'routed';
}

/**
 * The shortest path from a service up to one that users reach, including the services between; the
 * ones nearer to users first.
 */
function climb(
  stack: Stack,
  name: string,
  chosen: ReadonlySet<string>,
  reached: ReadonlySet<string>,
  calls: readonly Call[],
): Addition[] | undefined {
  const paths: Call[][] = [[]];
  const seen = new Set([name]);
  for (const path of paths) {
    const lowest = path.at(-1)?.from ?? name;
    for (const call of callersOf(stack, lowest, calls)) {
      if (seen.has(call.from)) continue;
      seen.add(call.from);
      const longer = [...path, call];
      if (isOpenForRequests(stack, call.from, chosen) || reached.has(call.from))
        return told(longer, name);
      paths.push(longer);
    }
  }
  return undefined;
}

function isOpenForRequests(stack: Stack, name: string, chosen: ReadonlySet<string>): boolean {
  const way = wayIn(stack, name, chosen);
  if (way?.kind === 'entry') return way.speaks !== 'bytes';
  return way?.kind === 'behind' || way?.kind === 'routed';
}

/** All direct and indirect callers of a service, the nearest first. */
export function callersAbove(stack: Stack, name: string): string[] {
  const above = new Set([name]);
  for (const each of above) {
    for (const { from } of callersOf(stack, each, stack.calls)) above.add(from);
  }
  return [...above].slice(1);
}

function told(path: readonly Call[], name: string): Addition[] {
  return path.toReversed().map(({ from, to, because }, index) => ({
    service: from,
    why:
      index === 0
        ? `users reach \`${name}\` through it${to === name ? ` (${because})` : ''}`
        : `it is between users and \`${name}\` (${because})`,
  }));
}

/** Callers that could be cloned too; those built here first. */
function callersOf(stack: Stack, name: string, calls: readonly Call[]): Call[] {
  const rank = ({ from }: Call) => `${serviceOf(stack, from).build ? 0 : 1}${from}`;
  return calls
    .filter(({ from, to }) => to === name && canStandBefore(stack, from))
    .toSorted((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

function canStandBefore(stack: Stack, name: string): boolean {
  const owner = namespaceOwner(serviceOf(stack, name), stack.model) ?? name;
  const isApp = [name, owner].every((each) => stack.roles[each]?.role === 'app');
  return isApp && obstacleOf(stack, name) === undefined;
}

/** For a background service: a service with the same code that users reach. */
function sameCode(stack: Stack, name: string): Addition[] | undefined {
  const { image, build } = serviceOf(stack, name);
  const sameCode = openServices(stack).find((other) => {
    const { image: its, build: their } = serviceOf(stack, other);
    return build?.context ? build.context === their?.context : image !== undefined && image === its;
  });
  return sameCode === undefined
    ? onlyDoor(stack, name)
    : [{ service: sameCode, why: `users reach it, and it runs the code of \`${name}\`` }];
}

/**
 * If the callers of a service are unknown: the only service through which users can come, on one of
 * its networks.
 */
function onlyDoor(stack: Stack, name: string): Addition[] | undefined {
  // A service that a router finds by labels has its own way in, which is not this one.
  if (/^(labels|routed)$/.test(wayIn(stack, name)?.kind ?? '')) return undefined;
  const networks = networkNames(serviceOf(stack, name));
  const open = openServices(stack).filter((other) =>
    networkNames(serviceOf(stack, other)).some((network) => networks.includes(network)),
  );
  const fronts = [
    open,
    open.filter((other) => isAtUsualPort(stack, other)),
    open.filter((other) => edgeKind(serviceOf(stack, other), stack.files[other])),
  ];
  const only = fronts.find((ingresses) => ingresses.length === 1)?.[0];
  if (only === undefined) return undefined;
  const why = `nothing says who calls \`${name}\`, and users can only come through this one`;
  return [{ service: only, why }];
}

function isAtUsualPort(stack: Stack, name: string): boolean {
  const way = wayIn(stack, name);
  return way?.kind === 'entry' && way.speaks === 'http' && USUAL_PORTS.has(way.port);
}

function openServices(stack: Stack): string[] {
  const names = Object.keys(stack.model.services).sort();
  const isRouter = (name: string) =>
    stack.edges.some((edge) => edge.name === name && edge.calls.size === 0);
  return names.filter(
    (name) =>
      isOpenForRequests(stack, name, new Set()) &&
      wayIn(stack, name)?.kind === 'entry' &&
      !isRouter(name) &&
      canStandBefore(stack, name),
  );
}
