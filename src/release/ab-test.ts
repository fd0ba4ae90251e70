import { applySplit } from '../execution/split.ts';
import type { ReleaseRun } from '../project/run.ts';
import { OFF } from '../proxy/weight-map.ts';
import { testSentence } from '../rollout/comparison.ts';
import { endCanary } from './end-canary.ts';
import type { Arrival } from './releases.ts';
import { recordTestComparison } from './test-comparison.ts';

/** Ends an A/B test whose time is over: every user to the stable, both sides compared, the canary removed. */
export async function endTest(run: ReleaseRun): Promise<Arrival> {
  await applySplit(run.project, OFF);
  const comparison = await recordTestComparison(run);
  const told = comparison ? testSentence(comparison) : 'The proxy could not tell how it went.';
  const reason = `the A/B test is over. ${told}`;
  await endCanary(run, { reason });
  return { state: 'reverted', reason, weight: 0, ...(comparison ? { comparison } : {}) };
}
