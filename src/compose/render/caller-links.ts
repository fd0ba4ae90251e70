import { callerLinks, type ReachableService } from '../ingress/ingress.ts';
import type { Fields } from '../model/fields.ts';
import type { ComposeModel } from '../model/model.ts';
import { replace } from '../model/tagged.ts';

interface LinkDelta {
  caller: string;
  externalLinks: string[];
  /**
   * The user's own links without those that would name the stable; only if there are such links.
   */
  links: string[] | undefined;
  /** The start order that the removed links implied. */
  dependsOn: Fields;
}

/**
 * The links that lead callers to the proxy under the names they use. A user's link to a service
 * with an ingress is removed, because it would name the stable beside the proxy.
 */
export function linkDeltas(model: ComposeModel, slice: readonly ReachableService[]): LinkDelta[] {
  // A branch may lack a caller that the stable has.
  const callers = [...callerLinks(slice)].filter(([caller]) => model.services[caller]);
  return callers.map(([caller, externalLinks]) => {
    const own = model.services[caller]?.links ?? [];
    const ingresses = slice.filter(({ ingress }) => ingress?.callers.includes(caller));
    const isReplaced = (link: string) =>
      ingresses.some(({ service }) => link.split(':')[0] === service);
    const kept = own.filter((link) => !isReplaced(link));
    const order = Object.entries(model.services[caller]?.depends_on ?? {});
    const links = kept.length < own.length ? kept : undefined;
    const dependsOn = order.filter(
      ([target]) => links && ingresses.some((each) => each.service === target),
    );
    return { caller, externalLinks, links, dependsOn: Object.fromEntries(dependsOn) };
  });
}

/** The fields of a caller that lead it to the proxy. */
export function linkFields({ externalLinks, links, dependsOn }: LinkDelta): Fields {
  return {
    external_links: externalLinks,
    ...(links ? { links: replace(links), depends_on: dependsOn } : {}),
  };
}
