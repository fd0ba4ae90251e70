import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Operation } from '../../../src/rollout/operation.ts';
import {
  arbitraryWorld,
  wantsAnything,
  wantsCanary,
  wantsNoCanary,
  wantsPromotion,
  wantsRestore,
} from '../../support/fixture-arbitrary-world.ts';
import { after, afterStep, missingOf, planIn } from '../../support/fixture-world.ts';

const TOUCHES_STABLE: readonly Operation['kind'][] = [
  'start-stable',
  'take-ports',
  'replace-stable',
  'restore-stable',
  'return-ports',
];

test('deploying, moving users and aborting never touch the stable (promise 1)', () => {
  fc.assert(
    fc.property(arbitraryWorld, fc.oneof(wantsCanary, wantsNoCanary), (world, desired) => {
      const kinds = planIn(world, desired).map((step) => step.kind);
      expect(kinds.filter((kind) => TOUCHES_STABLE.includes(kind))).toEqual([]);
    }),
  );
});

test('a canary is started or removed only while it has no users (promise 3)', () => {
  fc.assert(
    fc.property(arbitraryWorld, fc.oneof(wantsAnything, wantsRestore), (start, desired) => {
      let world = start;
      for (const step of planIn(start, desired)) {
        if (step.kind === 'start-canary' || step.kind === 'retire-canary')
          expect(world.observed.proxy.everyoneOn).toBe('stable');
        world = afterStep(world, step);
      }
    }),
  );
});

test('an abort outside of a promotion takes the users off before anything else (promise 3)', () => {
  fc.assert(
    fc.property(arbitraryWorld, wantsNoCanary, (world, desired) => {
      const [first] = planIn(world, desired);
      if (world.observed.proxy.everyoneOn !== 'stable')
        expect(first).toMatchObject({ kind: 'send-everyone', to: 'stable' });
    }),
  );
});

test('a promotion replaces the stable only while every user is on a ready canary (promise 5)', () => {
  fc.assert(
    fc.property(arbitraryWorld, wantsPromotion, (start, desired) => {
      let world = start;
      let isCanaryReady = false;
      for (const step of planIn(start, desired)) {
        if (step.kind === 'await-ready' && step.side === 'canary') isCanaryReady = true;
        if (step.kind === 'replace-stable') {
          expect(world.observed.proxy.everyoneOn).toBe('canary');
          expect(isCanaryReady).toBe(true);
        }
        world = afterStep(world, step);
      }
    }),
  );
});

test('users come back only to a stable that was waited for (promise 5)', () => {
  fc.assert(
    fc.property(arbitraryWorld, fc.oneof(wantsPromotion, wantsRestore), (world, desired) => {
      const plan = planIn(world, desired);
      const back = plan.findIndex((step) => step.kind === 'send-everyone' && step.to === 'stable');
      if (back < 0) return;
      const waits = plan.findLastIndex(
        (step) => step.kind === 'await-ready' && step.side === 'stable',
      );
      const touches = plan.findLastIndex((step) => TOUCHES_STABLE.includes(step.kind));
      expect(waits).toBeGreaterThan(touches);
      expect(back).toBeGreaterThan(waits);
    }),
  );
});

test('users are sent to a canary only after it was waited for', () => {
  fc.assert(
    fc.property(arbitraryWorld, wantsCanary, (world, desired) => {
      const plan = planIn(world, desired);
      const sent = plan.findIndex((step) => step.kind === 'set-weight');
      if (sent < 0) return;
      const waited = plan.findIndex(
        (step) => step.kind === 'await-ready' && step.side === 'canary',
      );
      const started = plan.findLastIndex((step) => step.kind === 'start-canary');
      expect(waited).toBeGreaterThan(started);
      expect(sent).toBeGreaterThan(waited);
    }),
  );
});

test('a plan that is cut off anywhere and made again leaves nothing to do but wait (promise 7)', () => {
  fc.assert(
    fc.property(arbitraryWorld, wantsAnything, fc.nat(20), (start, desired, cut) => {
      const interrupted = after(start, planIn(start, desired), cut);
      const done = after(interrupted, planIn(interrupted, desired));
      const left = planIn(done, desired).map((step) => step.kind);
      expect(left.filter((kind) => kind !== 'await-ready')).toEqual([]);
      expect(missingOf(desired, done)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test('after any command cut off anywhere, an abort leaves no canary (promise 7)', () => {
  fc.assert(
    fc.property(arbitraryWorld, wantsAnything, fc.nat(20), (start, desired, cut) => {
      const interrupted = after(start, planIn(start, desired), cut);
      const { observed } = after(interrupted, planIn(interrupted, { canary: null }));
      expect(observed.proxy.everyoneOn).toBe('stable');
      expect(observed.containers.filter((each) => each.role === 'canary')).toEqual([]);
    }),
  );
});

test('every operation has a cause', () => {
  fc.assert(
    fc.property(arbitraryWorld, fc.oneof(wantsAnything, wantsRestore), (world, desired) => {
      for (const step of planIn(world, desired)) expect(step.cause).toMatch(/\S/);
    }),
  );
});
