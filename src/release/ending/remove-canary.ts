import { canaryImage } from '../../compose/model/names.ts';
import { converge, type Planned } from '../../execution/converge.ts';
import { overrideText, writeOverride } from '../../execution/override-file.ts';
import { entryCounts, everyoneOff } from '../../execution/split.ts';
import { hasRelease, ifWritable, type Run, record, releaseNow } from '../../project/run.ts';
import { containersOf, type Observed } from '../../rollout/observed.ts';
import type { Release } from '../../rollout/release.ts';
import { cleanUp } from '../records/clean-up.ts';
import { recordAbComparison } from './record-ab-comparison.ts';

/** Restores a half replaced stable, takes every user off the canary and removes it. Returns whether there was any. */
export async function removeCanary(run: Run): Promise<boolean> {
  const { project } = run;
  const before = hasRelease(run) ? await releaseNow(run) : undefined;
  const { observed, plan } = await converge(run, async (seen) => ({
    canary: null,
    ...(await restoreOf(run, before, seen)),
  }));
  // Even if the plan had nothing to do: a stopped proxy will start from this file.
  await everyoneOff(run, project);
  if (hasRelease(run)) await recordAbComparison(run);
  if (before && before.weight > 0)
    await record(run, { type: 'weight-set', weight: 0, counts: await entryCounts(project) });
  if (plan.some(({ kind }) => kind === 'restore-stable'))
    await record(run, { type: 'stable-restored' });
  // Both need what canary.yaml says: which services lead to the proxy, and how many releases are kept.
  if (!project.isFromContainers) {
    if (observed.proxy.state !== 'absent')
      await ifWritable(run, 'the override', () =>
        writeOverride(project, overrideText(project, undefined)),
      );
    await cleanUp(run.context, project, []);
  }
  return plan.length > 0;
}

/** The part of the desired state that restores the stable; empty unless a promotion of this release is half done. */
export async function restoreOf(
  run: Run,
  release: Release | undefined,
  { observed, situation }: Pick<Planned, 'observed' | 'situation'>,
): Promise<{ restore?: { commit: string } }> {
  const replacing = release?.replacing;
  if (!replacing) return {};
  const hasMoved = situation.branchAt === replacing.commit;
  if (hasMoved && (await isReplaced(run, observed, replacing))) return {};
  return { restore: { commit: replacing.commit } };
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
    // A service that is only pulled has no canary image; for it, running is enough.
    if (runs.length === 0 || runs.some((each) => wanted && each.imageId !== wanted)) return false;
  }
  return true;
}
