import { canaryImage } from '../compose/model/names.ts';
import type { Context } from '../context.ts';
import { execute } from '../execution/execute.ts';
import { situationOf } from '../execution/facts.ts';
import { currentSplit, observe } from '../execution/observe.ts';
import { overrideText, writeOverride } from '../execution/override-file.ts';
import { applySplit, entryCounts } from '../execution/split.ts';
import type { ProjectState } from '../project/load.ts';
import { type Run, record } from '../project/run.ts';
import { OFF, sameSplit } from '../proxy/weight-map.ts';
import type { Situation } from '../rollout/draft.ts';
import { containersOf, type Observed } from '../rollout/observed.ts';
import { reconcile } from '../rollout/reconcile.ts';
import { hasEnded, type Release } from '../rollout/release.ts';
import { exists } from '../system/files.ts';
import { cleanUp } from './cleanup.ts';
import { recordTestComparison } from './compare.ts';
import { newestRelease } from './releases.ts';

/**
 * Sends every user to the stable, at once and without the lock. Only while a promotion replaces the stable
 * the canary keeps its users: it is the one side that is whole, and taking over puts the stable back first.
 */
export async function trafficOff(context: Context, project: ProjectState): Promise<void> {
  // Where canary never was there is nothing to take off, and nothing is written.
  if (!(await exists(project.layout.state))) return;
  // A journal that cannot be read is no reason to leave users where they are.
  const release = await newestRelease(project).catch(() => undefined);
  if (release && !hasEnded(release) && (release.state === 'promoting' || release.replacing)) {
    context.emit({
      type: 'notice',
      text: 'A promotion is under way: users leave the canary as soon as the stable is back.',
    });
    return;
  }
  const began = context.clock.now().getTime();
  const before = await currentSplit(project);
  await applySplit(project, OFF);
  if (sameSplit(before, OFF)) return;
  const ms = context.clock.now().getTime() - began;
  context.emit({ type: 'notice', text: `Every user is on the stable (${ms} ms).` });
}

/** The promotion whose stable has to be put back: one that began and has neither ended nor all but ended. */
export async function restoreNeeded(
  run: Run,
  observed: Observed,
  { branchAt }: Situation,
): Promise<{ commit: string } | undefined> {
  const replacing = run.release?.replacing;
  if (!replacing) return undefined;
  const hasMoved = branchAt === replacing.commit;
  if (hasMoved && (await isReplaced(run, observed, replacing))) return undefined;
  return { commit: replacing.commit };
}

/** Whether every service of the stable runs the image that the promotion gave it. */
async function isReplaced(
  { context, project }: Run,
  observed: Observed,
  { commit, previous }: NonNullable<Release['replacing']>,
): Promise<boolean> {
  for (const { service } of previous) {
    const wanted = await context.engine.imageId(canaryImage(project.name, service, commit));
    const containers = containersOf(observed, 'stable', service);
    const runs = containers.filter((each) => each.state === 'running');
    // A service that is only pulled has no image of ours; running is all that can be asked of it.
    if (runs.length === 0 || runs.some((each) => wanted && each.imageId !== wanted)) return false;
  }
  return true;
}

/** Puts a half replaced stable back, takes every user off the canary and removes it. Says whether anything was there. */
export async function removeCanary(run: Run): Promise<boolean> {
  const { context, project, release } = run;
  const observed = await observe(context, project);
  const situation = await situationOf(context, project);
  const restore = await restoreNeeded(run, observed, situation);
  const plan = reconcile({ canary: null, ...(restore ? { restore } : {}) }, observed, situation);
  await execute(run, plan);
  // Also where the plan had nothing to do: the file a stopped proxy will start from.
  await applySplit(project, OFF);
  await recordTestComparison(run);
  if (release && release.weight > 0) {
    await record(run, { type: 'weight-set', weight: 0, counts: await entryCounts(project) });
  }
  if (restore) await record(run, { type: 'stable-restored' });
  if (observed.proxy.state !== 'absent')
    await writeOverride(project, overrideText(project, undefined));
  await cleanUp(context, project, []);
  return plan.length > 0;
}
