import { describe, expect, test } from 'vitest';
import type { Observed } from '../../../src/rollout/observed.ts';
import { reconcile } from '../../../src/rollout/reconcile.ts';
import { formatPlan } from '../../../src/ui/plan-view.ts';
import {
  BEHIND_PROXY,
  canary,
  NEW,
  OTHER,
  observed,
  SERVICES,
  situation,
} from '../../support/fixture-observed.ts';

function deploy(world: Observed, weight: number, built: readonly string[] = []) {
  const desired = { canary: { commit: NEW, services: SERVICES, weight } };
  return formatPlan(reconcile(desired, world, situation(built)));
}

const running = (commit: string) => SERVICES.map((service) => canary(service, commit));

test('a fresh deploy builds, starts, waits, and only then sends users', () => {
  expect(deploy(observed(BEHIND_PROXY), 5)).toMatchInlineSnapshot(`
    "1. build frontend, discounts at aaaaaaaaaaaa                (no image of this commit yet)
    2. start the canary of frontend, discounts at aaaaaaaaaaaa  (the canary should be aaaaaaaaaaaa)
    3. wait until the canary of frontend, discounts is ready    (only a ready canary gets users)
    4. send 5 % of users to the canary                          (asked for)"
  `);
});

test('a fresh deploy without users sends none', () => {
  expect(deploy(observed(BEHIND_PROXY), 0)).toMatchInlineSnapshot(`
    "1. build frontend, discounts at aaaaaaaaaaaa                (no image of this commit yet)
    2. start the canary of frontend, discounts at aaaaaaaaaaaa  (the canary should be aaaaaaaaaaaa)
    3. wait until the canary of frontend, discounts is ready    (only a ready canary gets users)
    4. send users to the canary by rules alone                  (asked for)"
  `);
});

describe('a canary that is checked before its first user', () => {
  const asked = (world: Observed, weight: number) => {
    const desired = { canary: { commit: NEW, services: SERVICES, weight } };
    return reconcile(desired, world, situation([NEW], { hasChecks: true })).map(({ kind }) => kind);
  };

  test.each([0, 5])(
    'is checked once it is ready, even if only rules send users (%i %%)',
    (weight) => {
      expect(asked(observed(BEHIND_PROXY), weight)).toEqual([
        ...['start-canary', 'await-ready', 'check-canary', 'set-weight'],
      ]);
    },
  );

  test('is not checked again while it has users', () => {
    const world = observed([...BEHIND_PROXY, ...running(NEW)], { weight: 0 });
    expect(asked(world, 5)).toEqual(['await-ready', 'set-weight']);
  });

  test('is checked when it replaces another', () => {
    const world = observed([...BEHIND_PROXY, ...running(OTHER)], { weight: 5 });
    expect(asked(world, 5).slice(-3)).toEqual(['await-ready', 'check-canary', 'set-weight']);
  });
});

test('the same commit again builds and starts nothing', () => {
  const world = observed([...BEHIND_PROXY, ...running(NEW)], { weight: 5 });
  expect(deploy(world, 5, [NEW])).toMatchInlineSnapshot(
    `"1. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)"`,
  );
});

test('missing replicas are started while users are on the stable', () => {
  const desired = { canary: { commit: NEW, services: SERVICES, weight: 5 } };
  const world = observed([...BEHIND_PROXY, ...running(NEW)], { weight: 5 });
  const replicas = (service: string) => (service === 'frontend' ? 2 : 1);
  expect(
    formatPlan(reconcile(desired, world, situation([NEW], { replicas }))),
  ).toMatchInlineSnapshot(`
      "1. send every user to the stable                          (the canary changes; its users leave first)
      2. start the canary of frontend at aaaaaaaaaaaa           (the canary should be aaaaaaaaaaaa)
      3. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)
      4. send 5 % of users to the canary                        (asked for)"
    `);
});

test('another weight for the same commit only moves users', () => {
  const world = observed([...BEHIND_PROXY, ...running(NEW)], { weight: 5 });
  expect(deploy(world, 20, [NEW])).toMatchInlineSnapshot(`
    "1. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)
    2. send 20 % of users to the canary                       (asked for)"
  `);
});

test('a deploy arms the breaker again for a canary that it took out', () => {
  const world = observed([...BEHIND_PROXY, ...running(NEW)], { weight: 5, tripped: ['frontend'] });
  expect(deploy(world, 5, [NEW])).toMatchInlineSnapshot(`
    "1. arm the breaker of frontend again                      (it took an earlier canary out)
    2. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)"
  `);
});

test('another commit takes the users off the canary before replacing it', () => {
  const world = observed([...BEHIND_PROXY, ...running(OTHER)], { weight: 5 });
  expect(deploy(world, 5)).toMatchInlineSnapshot(`
    "1. send every user to the stable                                 (the canary changes; its users leave first)
    2. build frontend, discounts at aaaaaaaaaaaa                     (no image of this commit yet)
    3. let open requests on the canary finish (frontend, discounts)  (no request is cut off)
    4. remove the canary of frontend, discounts                      (an earlier canary is replaced)
    5. start the canary of frontend, discounts at aaaaaaaaaaaa       (the canary should be aaaaaaaaaaaa)
    6. wait until the canary of frontend, discounts is ready         (only a ready canary gets users)
    7. send 5 % of users to the canary                               (asked for)"
  `);
});

test('an earlier canary that crashed is removed without waiting for requests', () => {
  const crashed = running(OTHER).map((each) => ({ ...each, state: 'exited' }));
  expect(deploy(observed([...BEHIND_PROXY, ...crashed]), 0, [NEW])).toMatchInlineSnapshot(`
    "1. remove the canary of frontend, discounts                 (an earlier canary is replaced)
    2. start the canary of frontend, discounts at aaaaaaaaaaaa  (the canary should be aaaaaaaaaaaa)
    3. wait until the canary of frontend, discounts is ready    (only a ready canary gets users)
    4. send users to the canary by rules alone                  (asked for)"
  `);
});

test('if one of two services runs, the other is started while users are on the stable', () => {
  const world = observed([...BEHIND_PROXY, canary('frontend', NEW)], { weight: 5 });
  expect(deploy(world, 5, [NEW])).toMatchInlineSnapshot(`
    "1. send every user to the stable                          (the canary changes; its users leave first)
    2. start the canary of discounts at aaaaaaaaaaaa          (the canary should be aaaaaaaaaaaa)
    3. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)
    4. send 5 % of users to the canary                        (asked for)"
  `);
});

test('a crashed canary of the same commit is started again from its image', () => {
  const [frontend, discounts] = running(NEW);
  if (!frontend || !discounts) throw new Error('the slice has two services');
  const world = [...BEHIND_PROXY, frontend, { ...discounts, state: 'exited' }];
  expect(deploy(observed(world, { weight: 5 }), 5, [NEW])).toMatchInlineSnapshot(`
    "1. send every user to the stable                          (the canary changes; its users leave first)
    2. start the canary of discounts at aaaaaaaaaaaa          (the canary should be aaaaaaaaaaaa)
    3. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)
    4. send 5 % of users to the canary                        (asked for)"
  `);
});

test('the clone of a service that is no longer chosen is removed', () => {
  const world = [...BEHIND_PROXY, ...running(NEW), canary('ads', NEW)];
  expect(deploy(observed(world, { weight: 5 }), 5, [NEW])).toMatchInlineSnapshot(`
    "1. send every user to the stable                          (the canary changes; its users leave first)
    2. let open requests on the canary finish (ads)           (no request is cut off)
    3. remove the canary of ads                               (an earlier canary is replaced)
    4. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)
    5. send 5 % of users to the canary                        (asked for)"
  `);
});

describe('replica by replica', () => {
  const replicas = (service: string) => (service === 'frontend' ? 3 : 1);
  const step = (world: Observed, count: number, weight: number) => {
    const desired = {
      canary: { commit: NEW, services: SERVICES, weight, replicas: count, cause: 'a step' },
    };
    return formatPlan(reconcile(desired, world, situation([NEW], { replicas })));
  };

  test('the first step starts one container of each service', () => {
    expect(step(observed(BEHIND_PROXY), 1, 33.33)).toMatchInlineSnapshot(`
      "1. start the canary of frontend (1), discounts (1) at aaaaaaaaaaaa  (the canary should be aaaaaaaaaaaa)
      2. wait until the canary of frontend, discounts is ready            (only a ready canary gets users)
      3. send 33.33 % of users to the canary                              (a step)"
    `);
  });

  test('the next steps start more beside them, and their users stay', () => {
    const world = observed([...BEHIND_PROXY, ...running(NEW)], { weight: 33.33 });
    expect(step(world, 2, 66.67)).toMatchInlineSnapshot(`
      "1. start more of the canary: frontend (2)                 (replica by replica)
      2. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)
      3. send 66.67 % of users to the canary                    (a step)"
    `);
  });

  test('a step that is already in force is only waited for', () => {
    const world = observed([...BEHIND_PROXY, ...running(NEW)], { weight: 33.33 });
    expect(step(world, 1, 33.33)).toMatchInlineSnapshot(
      `"1. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)"`,
    );
  });

  test('users leave first if a service has no container or the breaker tripped', () => {
    const half = observed([...BEHIND_PROXY, canary('frontend', NEW)], { weight: 33.33 });
    const tripped = observed([...BEHIND_PROXY, ...running(NEW)], {
      weight: 33.33,
      tripped: ['frontend'],
    });
    for (const world of [half, tripped])
      expect(step(world, 2, 66.67)).toMatch(/^1\. send every user to the stable/);
  });
});
