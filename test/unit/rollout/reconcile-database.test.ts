import { expect, test } from 'vitest';
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

const desired = { canary: { commit: NEW, services: SERVICES, weight: 5 } };
const running = (commit: string) => SERVICES.map((service) => canary(service, commit));

test('tables are kept after the rehearsal has found them, before anything of the canary starts', () => {
  const world = observed([...BEHIND_PROXY, ...running(OTHER)]);
  const rest = { rehearses: ['db'], backsUp: ['db'] };
  expect(formatPlan(reconcile(desired, world, situation([NEW], rest)))).toMatchInlineSnapshot(`
    "1. boot the canary of frontend, discounts on a copy of db        (its effect on the data must be known first)
    2. keep the tables of db that the canary changes                 (they can be put back)
    3. let open requests on the canary finish (frontend, discounts)  (no request is cut off)
    4. remove the canary of frontend, discounts                      (an earlier canary is replaced)
    5. start the canary of frontend, discounts at aaaaaaaaaaaa       (the canary should be aaaaaaaaaaaa)
    6. wait until the canary of frontend, discounts is ready         (only a ready canary gets users)
    7. send 5 % of users to the canary                               (asked for)"
  `);
});

test('nothing is kept of what a running canary has already changed', () => {
  const world = observed([...BEHIND_PROXY, ...running(NEW)]);
  const steps = reconcile(desired, world, situation([NEW], { backsUp: ['db'] }));
  expect(steps.map(({ kind }) => kind)).not.toContain('backup');
});

test('nothing is kept if canary.yaml asks for no backup', () => {
  const world = observed(BEHIND_PROXY);
  const steps = reconcile(desired, world, situation([NEW], { rehearses: ['db'] }));
  expect(steps.map(({ kind }) => kind)).not.toContain('backup');
});

test('a migration comes after its rehearsal and the backup, and is built if it has no image', () => {
  const rest = { rehearses: ['db'], backsUp: ['db'], migrates: 'prepare' };
  const unbuilt = { unbuilt: () => ['prepare', 'frontend'] };
  const steps = reconcile(desired, observed(BEHIND_PROXY), { ...situation([], rest), ...unbuilt });
  expect(steps.map(({ kind }) => kind).slice(0, 5)).toEqual([
    ...['build', 'rehearse', 'backup', 'migrate', 'start-canary'],
  ]);
  expect(steps[0]).toMatchObject({ services: ['prepare', 'frontend'] });
});

test('a running canary is neither rehearsed nor migrated again', () => {
  const world = observed([...BEHIND_PROXY, ...running(NEW)]);
  const rest = { rehearses: ['db'], migrates: 'prepare' };
  const kinds = reconcile(desired, world, situation([NEW], rest)).map(({ kind }) => kind);
  expect(kinds).toEqual(['await-ready', 'set-weight']);
});
