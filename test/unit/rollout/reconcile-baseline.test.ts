import { expect, test } from 'vitest';
import type { Observed } from '../../../src/rollout/observed.ts';
import { reconcile } from '../../../src/rollout/reconcile.ts';
import { formatPlan } from '../../../src/ui/plan-view.ts';
import {
  BEHIND_PROXY,
  baseline,
  canary,
  NEW,
  OTHER,
  observed,
  SERVICES,
  situation,
} from '../../support/fixture-observed.ts';

function deploy(world: Observed, weight: number, rest: { replicas?: number } = {}) {
  const desired = {
    canary: { commit: NEW, services: SERVICES, weight, baseline: ['frontend'], ...rest },
  };
  return formatPlan(reconcile(desired, world, situation([NEW], { replicas: () => 2 })));
}

const running = (commit: string, count = 2) =>
  SERVICES.flatMap((service) =>
    Array.from({ length: count }, (_, index) =>
      canary(service, commit, { id: `${service}-${index}` }),
    ),
  );

test('starts with the canary, and both are ready before the first user', () => {
  expect(deploy(observed(BEHIND_PROXY), 5)).toMatchInlineSnapshot(`
    "1. start the canary of frontend, discounts at aaaaaaaaaaaa  (the canary should be aaaaaaaaaaaa)
    2. start a fresh stable of frontend beside the canary       (the canary is compared with it)
    3. wait until the canary of frontend, discounts is ready    (only a ready canary gets users)
    4. wait until the baseline of frontend is ready             (it gets users with the canary)
    5. send 5 % of users to the canary                          (asked for)"
  `);
});

test('stays as it is while the weight rises and replicas are added', () => {
  const world = [...BEHIND_PROXY, ...running(NEW, 1), baseline('frontend')];
  expect(deploy(observed(world, { weight: 5 }), 50, { replicas: 2 })).toMatchInlineSnapshot(`
    "1. start more of the canary: frontend (2), discounts (2)  (replica by replica)
    2. wait until the canary of frontend, discounts is ready  (only a ready canary gets users)
    3. wait until the baseline of frontend is ready           (it gets users with the canary)
    4. send 50 % of users to the canary                       (asked for)"
  `);
});

test('is replaced with an earlier canary, so that both are fresh', () => {
  const world = [...BEHIND_PROXY, ...running(OTHER), baseline('frontend')];
  expect(deploy(observed(world, { weight: 5 }), 5)).toMatchInlineSnapshot(`
    "1. send every user to the stable                                 (the canary changes; its users leave first)
    2. let open requests on the canary finish (frontend, discounts)  (no request is cut off)
    3. remove the canary of frontend, discounts                      (an earlier canary is replaced)
    4. start the canary of frontend, discounts at aaaaaaaaaaaa       (the canary should be aaaaaaaaaaaa)
    5. start a fresh stable of frontend beside the canary            (the canary is compared with it)
    6. wait until the canary of frontend, discounts is ready         (only a ready canary gets users)
    7. wait until the baseline of frontend is ready                  (it gets users with the canary)
    8. send 5 % of users to the canary                               (asked for)"
  `);
});

test('is started again with the next step if it died', () => {
  const world = [...BEHIND_PROXY, ...running(NEW), baseline('frontend', { state: 'exited' })];
  expect(deploy(observed(world, { weight: 5 }), 25)).toContain(
    'start a fresh stable of frontend beside the canary',
  );
});

test.each([
  ['beside its canary', [...BEHIND_PROXY, ...running(NEW), baseline('frontend')]],
  ['that a killed command left alone', [...BEHIND_PROXY, baseline('frontend')]],
])('one %s is removed if no canary is wanted', (_, world) => {
  const plan = reconcile({ canary: null }, observed(world), situation());
  expect(plan.at(-1)).toMatchObject({
    kind: 'retire-canary',
    services: expect.arrayContaining(['frontend']),
  });
  expect(plan.some(({ kind }) => kind === 'drain')).toBe(true);
});
