import type { Run } from '../project/run.ts';
import { testSentence } from '../rollout/comparison.ts';
import type { Release } from '../rollout/release.ts';
import { tellDatabaseChanges } from './database-changes.ts';
import { type Arrival, changeState, readRelease } from './releases.ts';
import { removeCanary } from './retire.ts';

/** Ends an A/B test whose time is over: every user to the stable, the canary removed, both sides compared. */
export async function endTest(run: Run & { release: Release }): Promise<Arrival> {
  await removeCanary({ ...run, checkout: undefined });
  await tellDatabaseChanges(run, true);
  const { comparison } = await readRelease(run.project, run.release.id);
  const told = comparison ? testSentence(comparison) : 'The proxy could not tell how it went.';
  const reason = `the A/B test is over. ${told}`;
  await changeState(run, 'reverted', reason);
  return { state: 'reverted', reason, weight: 0, ...(comparison ? { comparison } : {}) };
}
