import type { Project } from '../../project/load.ts';
import { allReleases } from '../../release/records/releases.ts';

/**
 * That images were released before and taken back, a sentence; `undefined` if they were not. A timer must not bring them back: only
 * somebody who names them does.
 */
export async function takenBack(project: Project, commit: string): Promise<string | undefined> {
  const earlier = (await allReleases(project)).findLast((each) => each.commit === commit);
  const isEnded = earlier?.state === 'reverted' || earlier?.state === 'removed';
  if (!earlier || !isEnded || earlier.wasReplaced) return undefined;
  return `Release ${earlier.id} was of the same images: ${earlier.reason}. \`canary deploy --image\` or \`--tag\` deploys them again.`;
}
