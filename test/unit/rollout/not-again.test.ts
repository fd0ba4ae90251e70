import { expect, test } from 'vitest';
import { whyNotAgain } from '../../../src/rollout/not-again.ts';

const release = { id: 'r1', reason: 'it was so', failure: undefined, wasReplaced: false };

test.each([
  [{ state: 'reverted' }, 'was of the same images: it was so. `canary deploy --image`'],
  [{ state: 'removed' }, 'was of the same images: it was so. `canary deploy --image`'],
  [{ state: 'holding' }, 'waits for a person: it was so.'],
  [{ state: 'paused' }, 'waits for a person: it was so.'],
  [{ state: 'inconclusive' }, 'waits for a person: it was so.'],
  [{ state: 'failed', failure: 'not-ready' }, 'failed: it was so. `canary deploy --image`'],
  [{ state: 'failed', failure: 'data-protected' }, 'failed: it was so. `canary deploy --image`'],
] as const)('a timer leaves images alone: %o', (how, why) => {
  expect(whyNotAgain({ ...release, ...how })).toContain(why);
});

test.each([
  { state: 'removed', wasReplaced: true },
  // Of a process that is gone: it goes on.
  { state: 'advancing' },
  { state: 'starting' },
  { state: 'failed', failure: 'disk-full' },
  { state: 'failed', failure: 'engine-unreachable' },
  { state: 'failed', failure: 'interrupted' },
  { state: 'failed' },
  // The registry has an earlier image again: it is new to the stable.
  { state: 'promoted' },
] as const)('a timer tries again: %o', (how) => {
  expect(whyNotAgain({ ...release, ...how })).toBeUndefined();
});
