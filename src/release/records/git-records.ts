import type { Context } from '../../context.ts';
import { messageOf } from '../../errors.ts';
import {
  formatReleaseRecord,
  parseReleaseRecord,
  type ReleaseRecord,
  recordOf,
} from '../../git/release-record.ts';
import type { Project } from '../../project/load.ts';
import { type ReleaseRun, releaseNow } from '../../project/run.ts';
import type { ReleaseState } from '../../rollout/events.ts';
import type { Release } from '../../rollout/release.ts';

/** States in which a release stays until a person continues; git records these. */
const SETTLED: readonly ReleaseState[] = [
  'holding',
  'paused',
  'promoted',
  'reverted',
  'removed',
  'failed',
];

/** Records in git what the journal of a settled release states. If git rejects that, it is only a warning. */
export async function recordInGit(run: ReleaseRun): Promise<void> {
  const { context, project, release } = run;
  try {
    const told = await releaseNow(run);
    if (SETTLED.includes(told.state) && !told.source) await write(context, project, told);
  } catch (error) {
    context.emit({
      type: 'warning',
      text: `Release ${release.id} could not be recorded in git: ${messageOf(error)}`,
    });
  }
}

/** Records in git the releases that a killed command did not record, if their commits still exist. */
export async function mendRecords(
  context: Context,
  project: Project,
  releases: readonly Release[],
): Promise<void> {
  if (!project.isInGit) return;
  const told = (await recordsInGit(context, project.repository)).map(formatReleaseRecord);
  const ofBranches = releases.filter(({ state, source }) => SETTLED.includes(state) && !source);
  for (const release of ofBranches) {
    if (told.includes(formatReleaseRecord(recordOf(release)))) continue;
    if (await context.git.resolve(project.repository, release.commit))
      await write(context, project, release);
  }
}

/** The releases recorded in git, of every project; a tag there that is not canary's is skipped. */
export async function recordsInGit({ git }: Context, directory: string): Promise<ReleaseRecord[]> {
  const records = await git.readRecords(directory);
  return records.flatMap(({ id, message }) => {
    const record = parseReleaseRecord(message);
    return record?.id === id ? [record] : [];
  });
}

async function write({ git }: Context, project: Project, release: Release): Promise<void> {
  await git.writeRecord(project.repository, {
    id: release.id,
    commit: release.commit,
    message: formatReleaseRecord(recordOf(release)),
  });
}
