import type { ComposeModel, ComposeService } from '../model/model.ts';

/** Any other character could have a special meaning in the proxy's configuration. */
const HOST_NAME = /^[a-zA-Z0-9._-]+$/;

/**
 * Every name that leads callers to this service and to no other: its own, its container's, aliases,
 * and names in the callers' links.
 */
export function hostNames(
  { services }: ComposeModel,
  name: string,
  callers: readonly string[],
): string[] {
  const others = Object.entries(services).filter(([other]) => other !== name);
  const elsewhere = new Set(others.flatMap(([other, service]) => [other, ...aliasesOf(service)]));
  const links = callers.flatMap((caller) => services[caller]?.links ?? []);
  const linked = links.map((link) => link.split(':')).filter(([target]) => target === name);
  const own = [...aliasesOf(services[name] ?? {}), ...linked.flatMap(([, alias]) => alias ?? [])];
  const usable = own.filter((alias) => HOST_NAME.test(alias) && !elsewhere.has(alias));
  return [...new Set([name, ...usable])];
}

function aliasesOf({ container_name, networks }: ComposeService): string[] {
  const aliases = Object.values(networks ?? {}).flatMap((network) => network?.aliases ?? []);
  return [...(container_name ? [container_name] : []), ...aliases];
}
