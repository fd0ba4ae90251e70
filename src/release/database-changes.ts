import { remainingFindings, remainsText } from '../database/remains.ts';
import type { Run } from '../project/run.ts';
import type { Release } from '../rollout/release.ts';
import { readRelease } from './releases.ts';

/**
 * Tells what the canary of a release has changed in the shared databases, and nobody takes back, whether it goes (`isBack`) or
 * becomes the stable. Gives it in sentences; none where it never started there.
 */
export async function tellDatabaseChanges(
  { context, project, release }: Pick<Run, 'context' | 'project' | 'release'>,
  isBack: boolean,
): Promise<string[]> {
  if (!release) return [];
  // What the command itself has done is in the journal alone.
  const { id, hasBooted, rehearsal, backups }: Release = await readRelease(project, release.id);
  if (!hasBooted || !rehearsal) return [];
  const text = remainsText(rehearsal.report, isBack);
  if (text === undefined) return [];
  const kept =
    isBack && backups.length > 0
      ? ` Tables were kept as before: \`canary history\` tells how to put them back (release ${id}).`
      : '';
  context.emit({ type: 'notice', text: `${text}${kept}` });
  return remainingFindings(rehearsal.report).map((finding) => `${finding.text}.`);
}
