import { type ComposeModel, hostPorts } from '../model/model.ts';
import { baselineName, migrationName, PROXY_SERVICE } from '../model/names.ts';
import { namespaceMembers } from '../model/namespaces.ts';
import type { SliceMember } from '../slice.ts';
import { linkDeltas } from './caller-links.ts';

/**
 * The user's services that run by another definition than theirs while the proxy is in front: plain Compose would take
 * them for changed and replace them. Only those that publish ports, and what lives in their namespaces: the port that
 * the proxy holds, or they, keeps a second container from starting.
 */
export function hiddenServices(model: ComposeModel, slice: readonly SliceMember[]): string[] {
  const entries = slice.filter(({ entry }) => entry).map(({ service }) => service);
  const callers = linkDeltas(model, slice)
    .map(({ caller }) => caller)
    .filter((caller) => hostPorts(model.services[caller] ?? {}).length > 0);
  const hidden = new Set([...entries, ...callers]);
  // A set also visits what is added to it meanwhile.
  for (const each of hidden) for (const member of namespaceMembers(each, model)) hidden.add(member);
  return [...hidden];
}

/** What canary adds to the project beside them. */
export function addedServices(
  slice: readonly SliceMember[],
  migration: string | undefined,
): string[] {
  const clones = slice.flatMap(({ service, clone }) => [clone, baselineName(service)]);
  return [PROXY_SERVICE, ...clones, ...(migration ? [migrationName(migration)] : [])];
}
