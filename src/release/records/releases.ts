import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import type { Project } from '../../project/load.ts';
import { type ReleaseRun, record } from '../../project/run.ts';
import type { ReleaseState } from '../../rollout/events.ts';
import { foldRelease, hasEnded, type Release } from '../../rollout/release.ts';
import { recordInGit } from './git-records.ts';

/** Every release, oldest first. */
export async function allReleases({ journals }: Pick<Project, 'journals'>): Promise<Release[]> {
  const releases: Release[] = [];
  for (const id of await journals.list()) {
    // An unreadable journal is skipped; commands need only the newest one.
    const records = await journals.read(id).catch(() => []);
    const release = foldRelease(records);
    if (release) releases.push(release);
  }
  return releases;
}

/** The release begun last, ended or not. */
export async function newestRelease({
  journals,
}: Pick<Project, 'journals'>): Promise<Release | undefined> {
  const id = (await journals.list()).at(-1);
  return id === undefined ? undefined : foldRelease(await journals.read(id));
}

/** The newest release, if it has not ended; throws when it belongs to another project of this folder. */
export async function currentRelease(project: Project): Promise<Release | undefined> {
  const newest = await newestRelease(project);
  if (!newest || hasEnded(newest)) return undefined;
  if (newest.project === project.name) return newest;
  throw new CanaryError(
    'config-invalid',
    `The canary in this folder belongs to the project \`${newest.project}\`, not \`${project.name}\`.`,
    {
      hint: `Use \`-p ${newest.project}\`, or end that canary first.`,
    },
  );
}

/** Records a new state, in git too once the release has settled. */
export async function changeState(
  run: ReleaseRun,
  state: ReleaseState,
  reason: string,
): Promise<void> {
  await record(run, { type: 'state-changed', state, reason });
  await recordInGit(run);
}

/** Ends a release in favour of a later one. */
export async function replaceRelease(run: ReleaseRun, by: string): Promise<void> {
  await record(run, { type: 'release-replaced', by });
  await recordInGit(run);
}

/** The commit that the stable runs: the last promoted one while the branch still holds it, else the branch's. */
export async function stableCommit(
  context: Context,
  project: Project,
): Promise<string | undefined> {
  const branch = await context.git.resolve(
    project.repository,
    `refs/heads/${project.config.git.stable}`,
  );
  const promoted = (await allReleases(project)).findLast(
    (release) => release.promotedCommit,
  )?.promotedCommit;
  if (!promoted || !branch) return branch;
  const isHeld = await context.git.isAncestor(project.repository, promoted, branch);
  return isHeld ? promoted : branch;
}
