import { remainingFindings, remainsText } from '../../database/report.ts';
import { type ReleaseRun, releaseNow } from '../../project/run.ts';

/**
 * Reports what the canary of a release has changed in the shared databases, which nothing takes back, whether it is
 * removed (`isBack`) or becomes the stable. Returns it in sentences; none if it never started there.
 */
export async function tellDatabaseChanges(run: ReleaseRun, isBack: boolean): Promise<string[]> {
  const { id, hasBooted, rehearsal, backups } = await releaseNow(run);
  if (!hasBooted || !rehearsal) return [];
  const text = remainsText(rehearsal.report, isBack);
  if (text === undefined) return [];
  const kept =
    isBack && backups.length > 0
      ? ` Tables were kept as before: \`canary history\` tells how to put them back (release ${id}).`
      : '';
  run.context.emit({ type: 'notice', text: `${text}${kept}` });
  return remainingFindings(rehearsal.report).map((finding) => `${finding.text}.`);
}
