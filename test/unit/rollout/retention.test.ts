import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RELEASE_STATES } from '../../../src/rollout/events.ts';
import { type Prunable, releasesToPrune } from '../../../src/rollout/retention.ts';
import { NEW } from '../../support/fixture-observed.ts';

const release = (id: string, rest: Partial<Prunable> = {}): Prunable => ({
  id,
  branch: 'canary',
  state: 'reverted',
  wasReady: false,
  wasReplaced: false,
  ...rest,
});
const PROMOTED = { state: 'promoted', promotedCommit: NEW } as const;
const REPLACED = { wasReady: true, wasReplaced: true };

test('the newest ended releases are kept, the rest is pruned', () => {
  const releases = ['1', '2', '3', '4'].map((id) => release(id));
  expect(releasesToPrune(releases, 2)).toEqual(['1', '2']);
  expect(releasesToPrune(releases, 4)).toEqual([]);
  expect(releasesToPrune([], 1)).toEqual([]);
});

test('a running release is kept in addition; one that is being reverted counts as ended', () => {
  const ended = ['1', '2', '3'].map((id) => release(id));
  for (const state of ['paused', 'building', 'failed', 'promoting'] as const)
    expect(releasesToPrune([...ended, release('4', { state })], 2)).toEqual(['1']);
  expect(releasesToPrune([...ended, release('4', { state: 'reverting' })], 2)).toEqual(['1', '2']);
});

test('the release that the stable came from is kept, earlier promotions are not', () => {
  const releases = [
    release('1', PROMOTED),
    release('2', PROMOTED),
    ...['3', '4', '5'].map((id) => release(id)),
  ];
  expect(releasesToPrune(releases, 1)).toEqual(['1', '3', '4']);
});

test('a promotion that failed only at the very end counts as one', () => {
  const replaced = release('2', { state: 'failed', promotedCommit: NEW });
  expect(releasesToPrune([release('1', PROMOTED), replaced, release('3')], 1)).toEqual(['1']);
});

test('what revert returns to is kept: the last ready release of each branch that was replaced', () => {
  const releases = [
    release('1', REPLACED),
    release('2', REPLACED),
    release('3', { wasReplaced: true }),
    release('4', { ...REPLACED, branch: 'other' }),
    release('5'),
  ];
  expect(releasesToPrune(releases, 1)).toEqual(['1', '3']);
});

test('after a promotion of its branch, revert never returns to it', () => {
  const other = release('2', { ...REPLACED, branch: 'other' });
  const releases = [release('1', REPLACED), other, release('3', PROMOTED), release('4')];
  expect(releasesToPrune(releases, 1)).toEqual(['1']);
});

const history: fc.Arbitrary<Prunable[]> = fc
  .array(
    fc.record({
      branch: fc.constantFrom('canary', 'other'),
      state: fc.constantFrom(...RELEASE_STATES),
      wasReady: fc.boolean(),
      wasReplaced: fc.boolean(),
      promotedCommit: fc.constantFrom(undefined, undefined, NEW),
    }),
    { maxLength: 30 },
  )
  .map((all) => all.map((each, index) => ({ ...each, id: String(index).padStart(3, '0') })));
const retention = fc.integer({ min: 1, max: 12 });

test('the newest releases and the newest promoted one are never pruned', () => {
  fc.assert(
    fc.property(history, retention, (releases, keep) => {
      const pruned = releasesToPrune(releases, keep);
      const safe = [
        ...releases.slice(-keep),
        ...releases.filter((each) => each.promotedCommit).slice(-1),
      ];
      expect(safe.filter((each) => pruned.includes(each.id))).toEqual([]);
    }),
  );
});

test('pruning twice prunes nothing more, and the number of kept releases is bounded', () => {
  fc.assert(
    fc.property(history, retention, (releases, keep) => {
      const pruned = releasesToPrune(releases, keep);
      const left = releases.filter((each) => !pruned.includes(each.id));
      expect(releasesToPrune(left, keep)).toEqual([]);
      // The running one, the one of the stable, and one of each of the two branches.
      expect(left.length).toBeLessThanOrEqual(keep + 4);
    }),
  );
});
