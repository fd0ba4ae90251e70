import { callerLinks, type DooredMember } from './doors.ts';
import type { ComposeModel } from './model.ts';

interface LinkDelta {
  caller: string;
  externalLinks: string[];
  /** The user's own links without those that would name the stable; only where there are such. */
  links: string[] | undefined;
}

/**
 * What leads callers to the proxy under the names they use. A user's link to a service with a door is taken out, as it
 * would name the stable beside the proxy.
 */
export function linkDeltas(model: ComposeModel, slice: readonly DooredMember[]): LinkDelta[] {
  // A branch may have lost a caller that the stable has.
  const callers = [...callerLinks(slice)].filter(([caller]) => model.services[caller]);
  return callers.map(([caller, externalLinks]) => {
    const own = model.services[caller]?.links ?? [];
    const doors = slice.filter(({ door }) => door?.callers.includes(caller));
    const kept = own.filter((link) => !doors.some(({ service }) => link.split(':')[0] === service));
    return { caller, externalLinks, links: kept.length < own.length ? kept : undefined };
  });
}
