import { reconcile } from '../rollout/reconcile.ts';
import type { Context } from './context.ts';
import { execute } from './execute.ts';
import { clearLeftovers } from './leftovers.ts';
import { currentWeight, observe } from './observe.ts';
import type { Project } from './project.ts';
import { currentRelease } from './releases.ts';
import { overrideText, type Run, record, writeOverride } from './run.ts';
import { situationOf } from './situation.ts';
import { applyWeight, entryCounts } from './traffic.ts';

/**
 * Sends every user to the stable, at once and without the lock. Only while a promotion replaces the stable
 * the canary keeps its users: it is the one side that is whole, and taking over puts the stable back first.
 */
export async function trafficOff(context: Context, project: Project): Promise<void> {
  const release = await currentRelease(project);
  if (release?.state === 'promoting' || release?.replacing) {
    context.emit({
      type: 'notice',
      text: 'A promotion is under way: users leave the canary as soon as the stable is back.',
    });
    return;
  }
  const began = context.clock.now().getTime();
  const weight = await currentWeight(project);
  await applyWeight(project, 0);
  if (weight === 0) return;
  const ms = context.clock.now().getTime() - began;
  context.emit({ type: 'notice', text: `Every user is on the stable (${ms} ms).` });
}

/** Puts a half replaced stable back, takes every user off the canary and removes it. Says whether anything was there. */
export async function retireCanary(run: Run): Promise<boolean> {
  const { context, project, release } = run;
  const observed = await observe(context, project);
  const situation = await situationOf(context, project);
  const replacing = release?.replacing;
  const restore =
    replacing && situation.branchAt !== replacing.commit ? { commit: replacing.commit } : undefined;
  const plan = reconcile({ canary: null, ...(restore ? { restore } : {}) }, observed, situation);
  await execute(run, plan);
  // Also where the plan had nothing to do: the file a stopped proxy will start from.
  await applyWeight(project, 0);
  if (release && release.weight > 0) {
    await record(run, { type: 'weight-set', weight: 0, counts: await entryCounts(project) });
  }
  if (restore) await record(run, { type: 'stable-restored' });
  if (observed.proxy.state !== 'absent')
    await writeOverride(project, overrideText(project, undefined));
  await clearLeftovers(context, project, []);
  return plan.length > 0;
}
