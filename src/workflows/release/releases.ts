import type { ReleaseState } from '../../rollout/events.ts';
import { foldRelease, hasEnded, type Release } from '../../rollout/release.ts';
import type { Context } from '../context.ts';
import { type Run, record } from '../execution/run.ts';
import type { Project } from '../project/project.ts';

/** Every release, oldest first. */
export async function allReleases(project: Project): Promise<Release[]> {
  const releases: Release[] = [];
  for (const id of await project.journals.list()) {
    const release = foldRelease(await project.journals.read(id));
    if (release) releases.push(release);
  }
  return releases;
}

/** The newest release, if it has not come to its end. */
export async function currentRelease(project: Project): Promise<Release | undefined> {
  const newest = (await allReleases(project)).at(-1);
  return newest && !hasEnded(newest) ? newest : undefined;
}

/** The run of a release, with the release as its journal now tells. */
export async function withRelease(run: Omit<Run, 'release'>, id: string): Promise<Run> {
  const release = foldRelease(await run.project.journals.read(id));
  return { ...run, release };
}

export async function changeState(run: Run, state: ReleaseState, reason: string): Promise<void> {
  await record(run, { type: 'state-changed', state, reason });
}

/** What the stable runs, in git's words: the last promoted commit while the branch still holds it, else the branch. */
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
  return promoted ?? branch;
}
