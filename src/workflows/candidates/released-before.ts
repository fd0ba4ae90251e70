import type { Project } from '../../project/load.ts';
import { allReleases } from '../../release/records/releases.ts';
import { whyNotAgain } from '../../rollout/not-again.ts';

/**
 * Why a timer must not release these images again, a sentence: they were released before, and only somebody who names them brings
 * them back. `undefined` if it may.
 */
export async function releasedBefore(
  project: Project,
  commit: string,
): Promise<string | undefined> {
  const earlier = (await allReleases(project)).findLast((each) => each.commit === commit);
  return earlier && whyNotAgain(earlier);
}
