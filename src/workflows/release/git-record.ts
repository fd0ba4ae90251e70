import { messageOf } from '../../errors.ts';
import {
  formatReleaseRecord,
  parseReleaseRecord,
  type ReleaseRecord,
  recordOf,
} from '../../git/release-record.ts';
import { foldRelease } from '../../rollout/release.ts';
import type { Context } from '../context.ts';
import type { Run } from '../execution/run.ts';

/** Tells git what the journal of the release now tells. A repository that will not take it is no reason to fail. */
export async function recordInGit({ context, project, release }: Run): Promise<void> {
  if (!release) return;
  try {
    const told = foldRelease(await project.journals.read(release.id));
    if (!told) return;
    await context.git.writeRecord(project.repository, {
      id: told.id,
      commit: told.commit,
      message: formatReleaseRecord(recordOf(told)),
    });
  } catch (error) {
    context.emit({
      type: 'warning',
      text: `Release ${release.id} could not be recorded in git: ${messageOf(error)}`,
    });
  }
}

/** What git tells of releases, of whatever project; a tag there that is not ours is passed over. */
export async function recordsInGit({ git }: Context, directory: string): Promise<ReleaseRecord[]> {
  const records = await git.readRecords(directory);
  return records.flatMap(({ id, message }) => {
    const record = parseReleaseRecord(message);
    return record?.id === id ? [record] : [];
  });
}
