import type { Context } from '../context.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { revertMessage } from '../git/patch.ts';
import { advanceBranch, checkMove, resolveBranch } from '../project/git/branches.ts';
import { withScratchTree } from '../project/git/scratch-tree.ts';
import type { Project } from '../project/load.ts';
import { type Run, record } from '../project/run.ts';
import type { Release } from '../rollout/release.ts';
import { tellDatabaseChanges } from './database-changes.ts';
import { runHooks } from './hooks.ts';
import { allReleases, changeState } from './releases.ts';
import { removeCanary } from './retire.ts';

interface TakingBack {
  /** Of the revert commit; made of what it takes back when left out. */
  message?: string | undefined;
  /** What the message says besides. */
  because?: string;
  /** For the journal: `taken back`, or what the judge found. */
  why: string;
}

/**
 * Ends a release that was judged bad: its canary removed and, if `commits`, its commit reverted, with the reason in both
 * journal and commit. Whatever git says, the canary is gone.
 */
export async function revertBadCanary(
  run: Run & { release: Release },
  why: string,
  commits: boolean,
): Promise<void> {
  const { context, release } = run;
  // The signal may have stopped what came before; a way out comes to its end.
  const whole = { ...run, checkout: undefined, signal: new AbortController().signal };
  await changeState(whole, 'reverting', why);
  await removeCanary(whole);
  await tellDatabaseChanges(whole, true);
  const reason = `judged bad: ${why.replace(/\.$/, '')}`;
  const tell = () => runHooks(whole, 'onRevert', { weight: 0, verdict: 'fail', reason: why });
  if (!commits) {
    await changeState(whole, 'reverted', reason);
    return tell();
  }
  const because = `The canary of release ${release.id} was judged bad.\n${why}`;
  await endWithCommit(whole, release, { because, why: `${reason}; taken back` }).catch(
    (error: unknown) => context.emit({ type: 'warning', text: messageOf(error) }),
  );
  await tell();
}

/**
 * Ends a release whose canary is gone with a commit on its branch that takes it back; gives that commit, if there was one
 * to make. A release whose commit could not be made has ended all the same; throws `revert-failed`.
 */
export async function endWithCommit(
  run: Run,
  release: Release,
  { why, ...words }: TakingBack,
): Promise<string | undefined> {
  try {
    const commit = await commitRevert(run, release, words);
    const made = commit ? ' by a revert commit' : '; there was no commit to make';
    await changeState(run, 'reverted', `${why}${made}`);
    return commit;
  } catch (error) {
    await changeState(run, 'reverted', `${why}; its revert commit could not be made`);
    throw new CanaryError(
      'revert-failed',
      `No user is on the canary and it is gone, but branch \`${release.branch}\` was not changed: ${messageOf(error)}`,
      {
        details: error instanceof CanaryError ? error.details : [],
        hint: `Make the commit yourself: \`git revert\` on \`${release.branch}\`.`,
        cause: error,
      },
    );
  }
}

async function commitRevert(
  run: Run,
  release: Release,
  { message, because }: Pick<TakingBack, 'message' | 'because'>,
): Promise<string | undefined> {
  const { context, project } = run;
  const { git } = context;
  const ref = branchRef(release.branch);
  const tip = await resolveBranch(context, project.repository, release.branch, ref);
  const base = await revertBase(context, project, release);
  // Nothing to take back: the branch left the release behind, or the release changed nothing.
  if (!(await git.isAncestor(project.repository, release.commit, tip))) return undefined;
  if (await git.sameTree(project.repository, base, release.commit)) return undefined;
  const commits = await git.commitsBetween(project.repository, base, release.commit);
  const names = commits.map((each) => each.commit);
  const commit = await withScratchTree(context, project, tip, async (tree) => {
    // At the tip the files of the base are the revert, merges included; below it git has to work it out.
    if (tip === release.commit) await git.takeTree(tree, base);
    else await git.revert(tree, names);
    const subjects = await Promise.all(names.map((each) => git.subject(tree, each)));
    const title = message ?? revertMessage(subjects);
    return git.commit(tree, because ? `${title}\n\n${because}` : title);
  });
  const move = { ref, from: tip, to: commit };
  await checkMove(context, project, move);
  await advanceBranch(context, project, move);
  const subject = await git.subject(project.repository, commit);
  await record(run, { type: 'commit-made', branch: release.branch, commit, subject });
  return commit;
}

/** Where the release began: the last release of the branch that was ready and kept, else where the branch left the stable. */
async function revertBase(context: Context, project: Project, release: Release): Promise<string> {
  const { git } = context;
  const stable = await git.resolve(project.repository, branchRef(project.config.git.stable));
  const fork = stable ? await git.mergeBase(project.repository, stable, release.commit) : undefined;
  const earlier = (await allReleases(project)).filter(
    (each) =>
      each.id < release.id && each.branch === release.branch && each.wasReady && each.wasReplaced,
  );
  for (const each of earlier.reverse()) {
    const isBefore = await git.isAncestor(project.repository, each.commit, release.commit);
    if (isBefore && (!fork || (await git.isAncestor(project.repository, fork, each.commit)))) {
      return each.commit;
    }
  }
  // A branch that shares nothing with the stable begins with itself.
  const parent = await git.resolve(project.repository, `${release.commit}^`);
  return fork ?? parent ?? release.commit;
}
