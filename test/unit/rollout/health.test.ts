import { expect, test } from 'vitest';
import { brokenSince, removedSince } from '../../../src/rollout/health.ts';
import type { ObservedContainer } from '../../../src/rollout/observed.ts';
import { BEHIND_PROXY, canary, NEW, OTHER, observed } from '../../support/fixture-observed.ts';

const RELEASE = { services: ['frontend'], commit: NEW };
const world = (...clones: ObservedContainer[]) => observed([...BEHIND_PROXY, ...clones]);
const one = canary('frontend', NEW, { id: 'one', restartCount: 2 });
const broken = (now: Partial<ObservedContainer>) =>
  brokenSince(world(one), world({ ...one, ...now }), RELEASE)?.problem;

test('a canary is broken if one of its containers got worse', () => {
  expect(broken({})).toBeUndefined();
  expect(broken({ health: 'starting' })).toBeUndefined();
  expect(broken({ state: 'exited', exitCode: 137 })).toBe('stopped with exit code 137');
  expect(broken({ state: 'exited', exitCode: 137, outOfMemory: true })).toBe(
    'stopped with exit code 137: it ran out of memory',
  );
  expect(broken({ state: 'restarting' })).toBe('restarts again and again');
  expect(broken({ restartCount: 3 })).toBe('restarts again and again');
  expect(broken({ health: 'unhealthy' })).toBe('is unhealthy');
});

test('containers of other services or commits, and new ones, do not matter', () => {
  const others = [canary('discounts', NEW), canary('frontend', OTHER, { id: 'two' })];
  const more = canary('frontend', NEW, { id: 'three', state: 'created' });
  expect(brokenSince(world(one, ...others), world(one, more), RELEASE)).toBeUndefined();
});

test('a container that someone removed is not the canary’s fault', () => {
  const without = world();
  expect(brokenSince(world(one), without, RELEASE)).toBeUndefined();
  expect(removedSince(world(one), without, RELEASE).map(({ id }) => id)).toEqual(['one']);
  expect(removedSince(world(one), world(one), RELEASE)).toEqual([]);
  const proxy = { ...one, id: 'proxy', role: 'proxy' as const };
  const gone = { ...world(one), proxy: { ...world().proxy, state: 'absent' as const } };
  expect(removedSince(world(one, proxy), gone, RELEASE)).toEqual([proxy]);
  expect(removedSince(world(one, proxy), world(one), RELEASE)).toEqual([]);
});
