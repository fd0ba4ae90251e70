import type { Arrival } from '../../documents/traffic.ts';
import { applySplit } from '../../execution/split.ts';
import type { ReleaseRun } from '../../project/run.ts';
import { OFF } from '../../proxy/weight-map.ts';
import { abSentence } from '../../rollout/ab-comparison.ts';
import { endCanary } from './end-canary.ts';
import { recordAbComparison } from './record-ab-comparison.ts';

/** Ends an A/B test whose time is over: sends every user to the stable, compares both sides, removes the canary. */
export async function endAbTest(run: ReleaseRun): Promise<Arrival> {
  await applySplit(run.project, OFF);
  const comparison = await recordAbComparison(run);
  const told = comparison ? abSentence(comparison) : 'The proxy has no counts of it.';
  const reason = `the A/B test is over. ${told}`;
  await endCanary(run, { reason });
  return { state: 'removed', reason, weight: 0, ...(comparison ? { comparison } : {}) };
}
