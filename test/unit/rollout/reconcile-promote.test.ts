import { describe, expect, test } from 'vitest';
import { ALL } from '../../../src/proxy/weight-map.ts';
import type { Observed } from '../../../src/rollout/observed.ts';
import type { Situation } from '../../../src/rollout/plan-draft.ts';
import { reconcile } from '../../../src/rollout/reconcile.ts';
import { formatPlan } from '../../../src/ui/plan-view.ts';
import {
  BEHIND_PROXY,
  canary,
  imageOf,
  NEW,
  observed,
  SERVICES,
  situation,
  stable,
} from '../../support/fixture-observed.ts';

const CANARY = SERVICES.map((service) => canary(service, NEW));
const REPLACED = SERVICES.map((service) => stable(service, { imageId: imageOf(service, NEW) }));

describe('promote', () => {
  const promote = (world: Observed, given: Situation = situation([NEW])) =>
    formatPlan(reconcile({ promote: { commit: NEW, branch: 'main' }, canary: null }, world, given));

  test('replaces the stable while the canary serves every user', () => {
    expect(promote(observed([...BEHIND_PROXY, ...CANARY], { weight: 5 }))).toMatchInlineSnapshot(`
      "1. wait until the canary of frontend, discounts is ready         (it serves every user while the stable is replaced)
      2. send every user to the canary                                 (the stable is replaced while it has no users)
      3. let open requests on the stable finish (frontend, discounts)  (no request is cut off)
      4. replace the stable frontend, discounts by aaaaaaaaaaaa        (it becomes the promoted code)
      5. wait until the stable of frontend, discounts is ready         (users come back only to a ready stable)
      6. move branch main to aaaaaaaaaaaa                              (the branch must match what runs)
      7. send every user to the stable                                 (the stable is ready)
      8. let open requests on the canary finish (frontend, discounts)  (no request is cut off)
      9. remove the canary of frontend, discounts                      (its code is the stable now)"
    `);
  });

  test('builds a merge that has no image yet before any user moves', () => {
    const plan = promote(observed([...BEHIND_PROXY, ...CANARY], { weight: 5 }), situation());
    expect(plan).toMatch(
      /^ 1\. build frontend, discounts at aaaaaaaaaaaa .*merged code has no image/,
    );
    expect(plan.indexOf('build')).toBeLessThan(plan.indexOf('users'));
  });

  test('continues after the stable is replaced, and replaces it again until the branch has moved', () => {
    const world = observed([...REPLACED, stable('db'), ...CANARY], ALL);
    expect(promote(world)).toMatchInlineSnapshot(`
      "1. wait until the canary of frontend, discounts is ready         (it serves every user while the stable is replaced)
      2. let open requests on the stable finish (frontend, discounts)  (no request is cut off)
      3. replace the stable frontend, discounts by aaaaaaaaaaaa        (it becomes the promoted code)
      4. wait until the stable of frontend, discounts is ready         (users come back only to a ready stable)
      5. move branch main to aaaaaaaaaaaa                              (the branch must match what runs)
      6. send every user to the stable                                 (the stable is ready)
      7. let open requests on the canary finish (frontend, discounts)  (no request is cut off)
      8. remove the canary of frontend, discounts                      (its code is the stable now)"
    `);
  });

  test('replaces a scaled stable of which only one container is replaced', () => {
    const world = observed([...REPLACED, stable('frontend'), stable('db'), ...CANARY], {
      ...ALL,
    });
    expect(promote(world)).toContain('replace the stable frontend, discounts');
  });

  test('only waits if all is done', () => {
    const world = observed([...REPLACED, stable('db')]);
    expect(promote(world, situation([NEW], { branchAt: NEW }))).toMatchInlineSnapshot(
      `"1. wait until the stable of frontend, discounts is ready  (users come back only to a ready stable)"`,
    );
  });
});

describe('abort', () => {
  const abort = (world: Observed, restore = false) =>
    formatPlan(
      reconcile(
        { canary: null, ...(restore ? { restore: { commit: NEW } } : {}) },
        world,
        situation([NEW]),
      ),
    );

  test('takes the users off first', () => {
    expect(abort(observed([...BEHIND_PROXY, ...CANARY], { weight: 5 }))).toMatchInlineSnapshot(`
      "1. send every user to the stable                                 (no canary is wanted)
      2. let open requests on the canary finish (frontend, discounts)  (no request is cut off)
      3. remove the canary of frontend, discounts                      (no canary is wanted)"
    `);
  });

  test('does nothing if nothing runs', () => {
    expect(abort(observed(BEHIND_PROXY))).toBe('Nothing to do.');
  });

  test('removes a weight that an earlier canary left', () => {
    expect(abort(observed(BEHIND_PROXY, { weight: 5 }))).toMatchInlineSnapshot(
      `"1. send every user to the stable  (no canary is wanted)"`,
    );
  });

  test('does not drain if the proxy that sent the requests is stopped', () => {
    const world = observed([...BEHIND_PROXY, ...CANARY], { weight: 5, state: 'stopped' });
    expect(abort(world)).toMatchInlineSnapshot(`
      "1. send every user to the stable             (no canary is wanted)
      2. remove the canary of frontend, discounts  (no canary is wanted)"
    `);
  });

  test('restores a half-replaced stable before users return to it', () => {
    const half = [...REPLACED.slice(0, 1), stable('discounts', { state: 'exited' }), stable('db')];
    expect(abort(observed([...half, ...CANARY], ALL), true)).toMatchInlineSnapshot(`
      "1. put the stable frontend, discounts back to before aaaaaaaaaaaa  (its promotion did not finish)
      2. wait until the stable of frontend, discounts is ready           (users come back only to a ready stable)
      3. send every user to the stable                                   (the stable is ready)
      4. let open requests on the canary finish (frontend, discounts)    (no request is cut off)
      5. remove the canary of frontend, discounts                        (no canary is wanted)"
    `);
  });
});
