import { join, relative } from 'node:path';
import { changedOutside } from '../compose/model/changes.ts';
import { shortCommit } from '../compose/model/names.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { execute } from '../execution/execute.ts';
import { situationOf } from '../execution/facts.ts';
import { observe } from '../execution/observe.ts';
import { overrideText, writeOverride } from '../execution/override-file.ts';
import { branchRef } from '../git/branch-name.ts';
import { type Checkout, checkOut, servicesMounting } from '../project/checkout/checkout.ts';
import { CONFIG_NAME } from '../project/load.ts';
import { type Run, record } from '../project/run.ts';
import { reconcile } from '../rollout/reconcile.ts';
import type { Release } from '../rollout/release.ts';
import { exists } from '../system/files.ts';
import { cleanUp } from './cleanup.ts';
import { recordTestComparison } from './compare.ts';
import { tellDatabaseChanges } from './database-changes.ts';
import { runHooks } from './hooks.ts';
import { changeState, currentRelease, readRelease } from './releases.ts';
import { restoreNeeded } from './retire.ts';

export type PromotionRun = Run & { release: Release; checkout: Checkout };

/**
 * Makes a commit the stable while the canary of a release serves every user: stable replaced, users back,
 * stable branch moved to the commit, canary removed. A failure puts the stable back. Needs the lock. `isAnnounced`: the
 * hooks that come before have run. Gives what stays changed in the shared databases.
 */
export async function promoteTo(
  run: PromotionRun,
  { isAnnounced = false }: { isAnnounced?: boolean } = {},
): Promise<{ databaseChanges: string[] }> {
  const { context, project, checkout } = run;
  const { commit } = checkout;
  const paths = await changedPaths(run);
  await refuseWithoutConfig(run, paths);
  const movedFiles = await findMovedFiles(run, paths);
  const observed = await observe(context, project);
  const situation = { ...(await situationOf(context, project, checkout)), movedFiles };
  const promotion = { commit, branch: project.config.git.stable };
  const plan = reconcile({ promote: promotion, canary: null }, observed, situation);
  context.emit({ type: 'plan-made', plan });
  // A push can make an A/B test the stable.
  await recordTestComparison(run);
  if (!isAnnounced) await runHooks(run, 'prePromote', { weight: observed.proxy.weight });
  await changeState(run, 'promoting', `to ${shortCommit(commit)}`);
  try {
    await execute(run, plan);
  } catch (error) {
    await putBack(run, error);
    throw error;
  }
  await record(run, { type: 'stable-replaced', commit });
  await writeOverride(project, overrideText(project, undefined));
  await changeState(run, 'promoted', `the stable runs ${shortCommit(commit)}`);
  sayWhatStays(run, paths);
  const databaseChanges = await tellDatabaseChanges(run, false);
  await runHooks(run, 'postPromote', { weight: 0 });
  await cleanUp(context, project, []);
  return { databaseChanges };
}

/**
 * Ends a promotion that was cut off when all but its last facts were there: the branch has moved and the stable runs
 * what it should. Says whether there was one. Needs the lock.
 */
export async function finishPromotion(run: Omit<Run, 'release' | 'checkout'>): Promise<boolean> {
  const { context, project } = run;
  const release = await currentRelease(project);
  if (!release?.replacing) return false;
  const observed = await observe(context, project);
  const situation = await situationOf(context, project);
  if (await restoreNeeded({ ...run, release, checkout: undefined }, observed, situation))
    return false;
  const { commit } = release.replacing;
  context.emit({
    type: 'notice',
    text: `The promotion of release ${release.id} was all but done; it is ended first.`,
  });
  const checkout = await checkOut(context, project, commit);
  await promoteTo({ ...run, release, checkout });
  return true;
}

async function changedPaths({ context: { git }, project, release, checkout }: PromotionRun) {
  const ref = branchRef(project.config.git.stable);
  const from = release.replacing?.from ?? (await git.resolve(project.repository, ref));
  return from ? git.changedPaths(project.repository, from, checkout.commit) : [];
}

/** A promotion replaces the slice; whoever pushed or merged more than that should know. */
function sayWhatStays(
  { context, project, checkout }: PromotionRun,
  paths: readonly string[],
): void {
  const services = changedOutside({
    slice: project.slice.map((member) => member.service),
    before: { root: project.repository, services: project.model.services },
    after: { root: checkout.tree, services: checkout.model.services },
    paths,
  });
  if (services.length === 0) return;
  const names = services.join(' ');
  context.emit({
    type: 'warning',
    text: `${services.join(', ')} changed too, but canary.yaml does not clone it: what runs stays. When it may restart: \`docker compose up -d --build ${names}\`.`,
  });
}

/** A stable without its canary.yaml could not be deployed to any more. */
async function refuseWithoutConfig(
  { context, project, checkout }: PromotionRun,
  paths: readonly string[],
): Promise<void> {
  const isGone = !(await exists(join(checkout.directory, CONFIG_NAME)));
  const path = join(relative(project.repository, project.directory), CONFIG_NAME);
  if (context.options.config !== undefined || !isGone || !paths.includes(path)) return;
  throw new CanaryError('config-missing', `${shortCommit(checkout.commit)} removes ${path}.`, {
    hint: 'Keep it, or end the use of canary with `canary down` first. Nothing was changed.',
  });
}

/**
 * The services that mount files which this promotion changes. They come from the user's working tree, so that
 * tree has to be on the stable branch and move along; anything else would leave new code with old files.
 */
async function findMovedFiles(
  { context: { git }, project, checkout }: PromotionRun,
  paths: readonly string[],
): Promise<string[]> {
  const ref = branchRef(project.config.git.stable);
  const services = servicesMounting(checkout, paths);
  if (
    services.length === 0 ||
    (await git.checkedOutAt(project.repository, ref)) === project.repository
  )
    return services;
  throw new CanaryError(
    'branch-checked-out',
    `The promotion changes files that ${services.join(', ')} mounts, but ${project.repository} is not on \`${project.config.git.stable}\`.`,
    {
      hint: `Switch that working tree to \`${project.config.git.stable}\`, then promote again. Nothing was changed.`,
    },
  );
}

/** After a failed promotion: the stable as it was, its users back on it, the canary kept for a look. */
async function putBack(run: PromotionRun, error: unknown): Promise<void> {
  const { context, project } = run;
  const release = await readRelease(project, run.release.id);
  // Not the signal that may have stopped the promotion: putting back has to come to its end.
  const repair: Run = { ...run, release, signal: new AbortController().signal };
  const reason = `the promotion failed: ${messageOf(error)}`;
  try {
    const observed = await observe(context, project);
    const situation = await situationOf(context, project, run.checkout);
    const restore = await restoreNeeded(repair, observed, situation);
    if (restore) {
      await execute(
        { ...repair, checkout: undefined },
        reconcile({ restore }, observed, situation),
      );
      await record(repair, { type: 'stable-restored' });
    } else if (!release.replacing) {
      await execute(repair, [
        { kind: 'send-everyone', to: 'stable', cause: 'the promotion failed' },
      ]);
    }
    // A stable that was replaced whole stays; what is left to do is for the next `promote`.
    await changeState(repair, release.replacing && !restore ? 'failed' : 'paused', reason);
  } catch (failure) {
    context.emit({
      type: 'warning',
      text: `The stable could not be put back (${messageOf(failure)}); the canary keeps serving. Run \`canary abort\` to try again.`,
    });
    await changeState(repair, 'failed', reason);
  }
}
