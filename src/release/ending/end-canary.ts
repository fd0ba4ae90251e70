import { shortCommit } from '../../compose/model/names.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import { hasRelease, type ReleaseRun, type Run } from '../../project/run.ts';
import { runHooks } from '../hooks.ts';
import { tellDatabaseChanges } from '../records/database-changes.ts';
import { changeState } from '../records/releases.ts';
import { removeCanary } from './remove-canary.ts';
import { commitRevert, type RevertWords } from './revert-commit.ts';
import { settleMigration } from './settle-migration.ts';

/** How a canary ends without becoming the stable. */
export interface CanaryEnd {
  /** Why, without a full stop: for the journal, for `status` and for hooks. */
  reason: string;
  /** For a canary that was judged bad; hooks get it. */
  verdict?: 'fail';
  /** Makes a commit on its branch that reverts it; git stays as it is when left out. */
  commit?: RevertWords;
}

export interface EndedCanary {
  /** Whether there was anything to end. */
  changed: boolean;
  /** Its changes in the shared databases, which stay. */
  databaseChanges: string[];
  /** The commit that reverts it, if one was asked for and there was something to revert. */
  commit?: string | undefined;
}

/**
 * The only way a canary ends without becoming the stable: restores a half replaced stable, takes every user off,
 * removes the containers, reports what stays in the databases, makes the revert commit if one is asked for, and runs
 * the `onRevert` hooks. Does nothing if nothing runs. Throws `revert-failed` if the commit could not be made; the
 * canary has ended nevertheless.
 */
export async function endCanary(base: Run, end: CanaryEnd): Promise<EndedCanary> {
  const run = { ...base, checkout: undefined };
  if (!hasRelease(run)) return { changed: await removeCanary(run), databaseChanges: [] };
  await changeState(run, 'reverting', end.reason);
  await removeCanary(run);
  await settleMigration(run);
  const databaseChanges = await tellDatabaseChanges(run, true);
  try {
    const commit = await settle(run, end);
    return { changed: true, databaseChanges, commit };
  } finally {
    const { reason, verdict } = end;
    await runHooks(run, 'onRevert', { weight: 0, reason, ...(verdict ? { verdict } : {}) });
  }
}

async function settle(
  run: ReleaseRun,
  { reason, commit: words }: CanaryEnd,
): Promise<string | undefined> {
  if (!words) {
    await changeState(run, 'removed', reason);
    return undefined;
  }
  if (run.release.source) {
    await changeState(run, 'reverted', reason);
    return undefined;
  }
  try {
    const commit = await commitRevert(run, words);
    const made = commit ? `revert commit ${shortCommit(commit)}` : 'there was no commit to revert';
    await changeState(run, commit ? 'reverted' : 'removed', `${reason}; ${made}`);
    return commit;
  } catch (error) {
    await changeState(run, 'removed', `${reason}; its revert commit could not be made`);
    const { branch } = run.release;
    throw new CanaryError(
      'revert-failed',
      `No user is on the canary and it is gone, but branch \`${branch}\` was not changed: ${messageOf(error)}`,
      {
        details: error instanceof CanaryError ? error.details : [],
        hint: `Make the commit yourself: \`git revert\` on \`${branch}\`.`,
        cause: error,
      },
    );
  }
}
