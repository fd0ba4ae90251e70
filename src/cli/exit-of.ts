import { EXIT } from '../errors.ts';
import type { ReleaseState } from '../rollout/events.ts';

/** How a command ends that has brought a release to a state. */
export function exitOf({ state }: { state: ReleaseState }): number {
  return state === 'inconclusive' ? EXIT.inconclusive : EXIT.done;
}
