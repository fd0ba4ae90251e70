import fc from 'fast-check';
import { ALL, byWeight, OFF } from '../../src/proxy/weight-map.ts';
import type { ObservedContainer } from '../../src/rollout/observed.ts';
import type { Desired } from '../../src/rollout/reconcile.ts';
import {
  baseline,
  CONFIGURATION,
  canary,
  DEFINITION,
  imageOf,
  NEW,
  OLD,
  OTHER,
  SERVICES,
  stable,
  USERS,
} from './fixture-observed.ts';
import type { World } from './fixture-world.ts';

const commit = fc.constantFrom(NEW, OTHER);
const state = fc.constantFrom('running', 'running', 'exited', 'restarting', 'created');
const weight = fc.integer({ min: 0, max: 10_000 }).map((buckets) => buckets / 100);

/** Up to two containers of a service, with any image, in any state; a second one as in a scaled service. */
function stableContainers(service: string): fc.Arbitrary<ObservedContainer[]> {
  const one = fc.record({
    state,
    imageId: fc.constantFrom(OLD, NEW, OTHER).map((each) => imageOf(service, each)),
    publishedPorts: service === 'frontend' ? fc.constantFrom([], [3000]) : fc.constant([]),
  });
  return fc
    .array(one, { maxLength: 2 })
    .map((list) =>
      list.map((rest, index) => stable(service, { ...rest, id: `shop-${service}-${index + 1}` })),
    );
}

/** A clone as any earlier command may have left it; `ads` was once chosen and no longer is. */
function canaryContainers(service: string): fc.Arbitrary<ObservedContainer[]> {
  return fc
    .option(fc.record({ commit, state }), { nil: undefined })
    .map((found) => (found ? [canary(service, found.commit, { state: found.state })] : []));
}

/** What may be left of a baseline. */
function baselineContainers(service: string): fc.Arbitrary<ObservedContainer[]> {
  return fc
    .option(state, { nil: undefined })
    .map((found) => (found ? [baseline(service, { state: found })] : []));
}

export const arbitraryWorld: fc.Arbitrary<World> = fc
  .record({
    containers: fc
      .tuple(
        ...['frontend', 'discounts', 'db'].map(stableContainers),
        ...['frontend', 'discounts', 'ads'].map(canaryContainers),
        ...['frontend', 'ads'].map(baselineContainers),
      )
      .map((groups) => groups.flat()),
    proxy: fc.record({
      state: fc.constantFrom('running' as const, 'stopped' as const, 'absent' as const),
      split: fc.oneof(fc.constantFrom(OFF, ALL, byWeight(0), byWeight(100)), weight.map(byWeight)),
      users: fc.constantFrom(USERS, new Map([['ada', 'canary']])),
      definition: fc.constantFrom(DEFINITION, 'earlier', undefined),
      silent: fc.constant([]),
      tripped: fc.constantFrom([], ['frontend']),
      configuration: fc.constantFrom(CONFIGURATION, 'earlier', undefined),
    }),
    images: fc.subarray(
      [NEW, OTHER].flatMap((each) => SERVICES.map((service) => imageOf(service, each))),
    ),
    branchAt: fc.constantFrom(OLD, NEW, OTHER),
  })
  .map(({ containers, proxy: { split, ...proxy }, images, branchAt }) => ({
    observed: { containers, proxy: { ...proxy, ...split } },
    images,
    branchAt,
  }));

/** What `deploy` wants. */
export const wantsCanary: fc.Arbitrary<Desired> = fc
  .record({ commit, weight, baseline: fc.constantFrom([], ['frontend']) })
  .map((each) => ({ canary: { ...each, services: SERVICES } }));

/** What `abort` and `revert` want. */
export const wantsNoCanary: fc.Arbitrary<Desired> = fc.constant({ canary: null });

/** What `promote` wants. */
export const wantsPromotion: fc.Arbitrary<Desired> = commit.map((each) => ({
  promote: { commit: each, branch: 'main' },
  canary: null,
}));

/** What `abort` wants in the middle of a promotion. */
export const wantsRestore: fc.Arbitrary<Desired> = commit.map((each) => ({
  restore: { commit: each },
  canary: null,
}));

/** Everything a command can ask for that is visible in the world once it is done. */
export const wantsAnything: fc.Arbitrary<Desired> = fc.oneof(
  wantsCanary,
  wantsNoCanary,
  wantsPromotion,
  fc.constant<Desired>({ proxy: 'running' }),
  wantsCanary.map((desired): Desired => ({ ...desired, proxy: 'running' })),
  fc.constant<Desired>({ canary: null, proxy: 'absent' }),
);
