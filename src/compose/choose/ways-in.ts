import { namespaceOwner } from '../model/namespaces.ts';
import { openButUnknown } from '../services/open-port.ts';
import { isFirm } from '../services/service-map.ts';
import { type Stack, serviceOf, type WayIn, wayIn } from './stack.ts';

type ChosenWayIn =
  | Extract<WayIn, { kind: 'entry' | 'behind' | 'routed' }>
  /** Only other clones call it; `why` states the reason. */
  | { kind: 'internal'; why: string };

/**
 * Which of the chosen services users reach directly: each port once, and no service that another
 * chosen one calls.
 */
export function waysIn(stack: Stack, names: readonly string[]): Map<string, ChosenWayIn> {
  const chosen = new Set(names);
  const ways = new Map(names.map((name) => [name, wayIn(stack, name, chosen)]));
  const entries = names.filter((name) => ways.get(name)?.kind === 'entry');
  const hasOthers = [...ways.values()].some((way) => /^(behind|routed)$/.test(way?.kind ?? ''));
  const callerOf = (name: string) => callerAmong(stack, name, chosen);
  // If services call each other in a ring, none is outermost: users come in at the first.
  const onlyEntry = !hasOthers && entries.every(callerOf) ? entries[0] : undefined;
  const isSaid = (name: string) => stack.model.said?.entries?.[name] !== undefined;
  const ingresses = new Map<string, ChosenWayIn>();
  const held = new Map<string, string>();
  const hold = (key: string, name: string) => {
    const other = held.get(key);
    if (other === undefined) held.set(key, name);
    return other;
  };
  for (const name of byPrecedence(stack, names)) {
    const way = ways.get(name);
    const caller = callerOf(name);
    if (way?.kind === 'behind') {
      const other = hold(`listens ${way.port}`, name);
      const why = `another service behind ${way.names[0]} listens on ${way.port} too`;
      ingresses.set(name, other === undefined ? way : { kind: 'internal', why });
    } else if (way?.kind === 'routed') {
      // Only one host can be moved at a time.
      const other = way.labels === 'nginx-proxy' ? hold('VIRTUAL_HOST', name) : undefined;
      const why = `users come in at ${other}, and one \`VIRTUAL_HOST\` a release can be moved`;
      ingresses.set(name, other === undefined ? way : { kind: 'internal', why });
    } else if (way?.kind === 'entry' && caller && name !== onlyEntry && !isSaid(name)) {
      ingresses.set(name, { kind: 'internal', why: `${caller} calls it by name` });
    } else if (way?.kind === 'entry') {
      const other = hold(`publishes ${way.port}`, name);
      const why = `${other} publishes port ${way.port} too, and users come in there`;
      ingresses.set(name, other === undefined ? way : { kind: 'internal', why });
    } else {
      ingresses.set(name, { kind: 'internal', why: whyInternal(stack, name) });
    }
  }
  return ingresses;
}

function whyInternal(stack: Stack, name: string): string {
  const { role, why } = stack.roles[name] ?? {};
  if (role === 'worker' || role === 'scheduler') return `it ${why}, beside the stable's`;
  return openButUnknown(serviceOf(stack, name)) ?? 'it publishes no port';
}

/** Services that users reach come before background services; then by name. */
function byPrecedence({ roles }: Stack, names: readonly string[]): string[] {
  const rank = (name: string) => `${roles[name]?.role === 'app' ? 0 : 1}${name}`;
  return names.toSorted((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

/**
 * A chosen service that calls this one and is not called back: an allowed origin (CORS) also names
 * the caller.
 */
function callerAmong(stack: Stack, name: string, chosen: ReadonlySet<string>) {
  const { calls, roles, model } = stack;
  return calls.find(
    (call) =>
      call.to === name &&
      chosen.has(call.from) &&
      // A sidecar forwards what reached the service it is part of.
      namespaceOwner(serviceOf(stack, call.from), model) !== name &&
      roles[call.from]?.role === 'app' &&
      isFirm(call) &&
      !calls.some((back) => back.from === name && back.to === call.from),
  )?.from;
}
