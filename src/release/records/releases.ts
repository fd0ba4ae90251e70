import type { Context } from '../../context.ts';
import { CanaryError, hasCode } from '../../errors.ts';
import type { Project } from '../../project/load.ts';
import { ifWritable, type ReleaseRun, type Run, record } from '../../project/run.ts';
import type { ReleaseState } from '../../rollout/events.ts';
import { foldRelease, hasEnded, type Release } from '../../rollout/release.ts';
import { recordInGit } from './git-records.ts';

/** Every release, oldest first. */
export async function allReleases({ journals }: Pick<Project, 'journals'>): Promise<Release[]> {
  const releases: Release[] = [];
  for (const id of await journals.list()) {
    // What is damaged is skipped; commands need only the newest one.
    const { records } = await journals.readUndamaged(id);
    const release = foldRelease(records);
    if (release) releases.push(release);
  }
  return releases;
}

/** The release begun last, ended or not. Throws `journal-unreadable` if it may not have ended and that is not certain. */
export async function newestRelease(
  project: Pick<Project, 'journals'>,
): Promise<Release | undefined> {
  const { id, release, problems } = await readNewest(project);
  if (id === undefined || problems.length === 0 || (release && hasEnded(release))) return release;
  throw project.journals.unreadable(id, problems);
}

/** The same as far as its journal can be read. */
export async function readNewest({ journals }: Pick<Project, 'journals'>): Promise<{
  id: string | undefined;
  release: Release | undefined;
  problems: readonly string[];
}> {
  const id = (await journals.list()).at(-1);
  if (id === undefined) return { id, release: undefined, problems: [] };
  const { records, problems } = await journals.readUndamaged(id);
  const release = foldRelease(records);
  const isHeadless = release === undefined && records.length > 0;
  return { id, release, problems: isHeadless ? [...problems, 'no line begins it'] : problems };
}

/** The newest release, if it has not ended; throws when it belongs to another project of this folder. */
export async function currentRelease(project: Project): Promise<Release | undefined> {
  return unlessEnded(project, await newestRelease(project));
}

/** The same for commands that look; damaged records are named and left out. */
export async function visibleRelease(
  { emit }: Context,
  project: Project,
): Promise<Release | undefined> {
  const { id, release, problems } = await readNewest(project);
  if (id === undefined || problems.length === 0) return unlessEnded(project, release);
  const damage = project.journals.unreadable(id, problems);
  if (!release) throw damage;
  emit({ type: 'warning', text: `${damage.message} That is left out.` });
  return unlessEnded(project, release);
}

/**
 * The same for the ways out, which no journal bars: one that does not say which release it is of is set aside, and the
 * canary ends by what runs.
 */
export async function releaseToEnd(
  run: Pick<Run, 'context' | 'wayOut'>,
  project: Project,
): Promise<Release | undefined> {
  const { context } = run;
  try {
    return await visibleRelease(context, project);
  } catch (error) {
    const { id } = await readNewest(project);
    if (!hasCode(error, 'journal-unreadable') || id === undefined) throw error;
    await ifWritable(run, 'another name for its file', () => project.journals.setAside(id));
    const text = `${error.message} That file is set aside; what runs of the canary ends without it.`;
    context.emit({ type: 'warning', text });
    return undefined;
  }
}

function unlessEnded(project: Project, newest: Release | undefined): Release | undefined {
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

/** Records a new state, in git too once the release has settled. `code`: of the error that it failed with. */
export async function changeState(
  run: ReleaseRun,
  state: ReleaseState,
  reason: string,
  code?: string,
): Promise<void> {
  await record(run, { type: 'state-changed', state, reason, ...(code ? { code } : {}) });
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
