import { describe, expect, test } from 'vitest';
import type { Observed } from '../../../src/rollout/observed.ts';
import { forsaken } from '../../../src/rollout/place-proxy.ts';
import { type Desired, reconcile } from '../../../src/rollout/reconcile.ts';
import { formatPlan } from '../../../src/ui/plan-view.ts';
import {
  ABSENT_PROXY,
  BEHIND_PROXY,
  canary,
  NEW,
  observed,
  PLAIN,
  situation,
  stable,
} from '../../support/fixture-observed.ts';

const plan = (desired: Desired, world: Observed) =>
  formatPlan(reconcile(desired, world, situation()));

describe('up', () => {
  const up = (world: Observed) => plan({ proxy: 'running' }, world);

  test('takes the port from a stable that runs without a proxy', () => {
    expect(up(observed(PLAIN, ABSENT_PROXY))).toMatchInlineSnapshot(`
      "1. hand the port of frontend to the proxy      (port 3000 is the stable's own)
      2. wait until the stable of frontend is ready  (the proxy must reach it)"
    `);
  });

  test('starts everything if nothing runs, and publishes the port at the proxy', () => {
    expect(up(observed([], ABSENT_PROXY))).toMatchInlineSnapshot(`
      "1. start frontend, discounts, db                          (not running)
      2. start the proxy                                        (the proxy is absent)
      3. wait until the stable of frontend, discounts is ready  (the proxy must reach it)"
    `);
  });

  test('starts only what is missing', () => {
    const without = BEHIND_PROXY.filter((each) => each.service !== 'db');
    expect(up(observed(without))).toMatchInlineSnapshot(`
      "1. start db                                    (not running)
      2. wait until the stable of frontend is ready  (the proxy must reach it)"
    `);
  });

  test('has nothing to do the second time', () => {
    expect(up(observed(BEHIND_PROXY))).toBe('Nothing to do.');
  });

  test('starts a stopped proxy again', () => {
    expect(up(observed(BEHIND_PROXY, { state: 'stopped' }))).toMatchInlineSnapshot(`
      "1. start the proxy                             (the proxy is stopped)
      2. wait until the stable of frontend is ready  (the proxy must reach it)"
    `);
  });

  test('gives a running proxy its new configuration without an interruption', () => {
    expect(up(observed(BEHIND_PROXY, { configuration: 'earlier' }))).toMatchInlineSnapshot(`
      "1. give the proxy its new configuration, without a gap  (canary.yaml changed)
      2. wait until the stable of frontend is ready           (the proxy must reach it)"
    `);
  });

  test('names the certificate as a possible cause if there is one', () => {
    const wanted = { proxy: { ...situation().proxy, endsTls: true } };
    const world = observed(BEHIND_PROXY, { configuration: 'earlier' });
    const steps = reconcile({ proxy: 'running' }, world, situation([], wanted));
    expect(steps[0]?.cause).toBe('canary.yaml or a certificate changed');
  });

  test('changes lists of users without a reload, and without naming users', () => {
    const users = new Map([
      ['ada', 'canary'],
      ['eve', 'canary'],
    ]);
    const { proxy } = situation();
    const wanted = { proxy: { ...proxy, users: new Map([['ada', 'stable']]) } };
    const world = observed(BEHIND_PROXY, { users });
    const steps = reconcile({ proxy: 'running' }, world, situation([], wanted));
    expect(formatPlan(steps)).toMatchInlineSnapshot(
      `"1. change the lists of users: 0 added, 1 removed, 1 moved  (canary.yaml changed)"`,
    );
    expect(JSON.stringify(steps)).not.toMatch(/ada|eve/);
  });

  test('recreates the proxy if its ports changed, or if an older canary created it', () => {
    expect(up(observed(BEHIND_PROXY, { definition: 'earlier' }))).toMatchInlineSnapshot(`
      "1. start the proxy                             (its ports, networks or image changed)
      2. wait until the stable of frontend is ready  (the proxy must reach it)"
    `);
    const older = { definition: undefined, configuration: undefined };
    expect(up(observed(BEHIND_PROXY, older))).toMatchInlineSnapshot(`
      "1. start the proxy                             (an older canary made it)
      2. wait until the stable of frontend is ready  (the proxy must reach it)"
    `);
  });

  test('starts services that `docker compose stop` stopped', () => {
    const stopped = BEHIND_PROXY.map((each) => ({ ...each, state: 'exited' }));
    expect(up(observed(stopped, { state: 'stopped' }))).toMatchInlineSnapshot(`
      "1. start frontend, discounts                              (not running)
      2. start the proxy                                        (the proxy is stopped)
      3. wait until the stable of frontend, discounts is ready  (the proxy must reach it)"
    `);
  });

  test('leaves alone a shared job that has finished', () => {
    const world = [...BEHIND_PROXY, stable('migrate', { state: 'exited' })];
    const services = ['frontend', 'discounts', 'db', 'migrate'];
    const steps = reconcile({ proxy: 'running' }, observed(world), situation([], { services }));
    expect(steps).toEqual([]);
  });
});

describe('down', () => {
  const down = (world: Observed) => plan({ canary: null, proxy: 'absent' }, world);

  test('removes users, canary and proxy in this order and gives the port back', () => {
    const world = [...BEHIND_PROXY, canary('frontend', NEW), canary('discounts', NEW)];
    expect(down(observed(world, { weight: 5 }))).toMatchInlineSnapshot(`
      "1. send every user to the stable                                 (no canary is wanted)
      2. let open requests on the canary finish (frontend, discounts)  (no request is cut off)
      3. remove the canary of frontend, discounts                      (no canary is wanted)
      4. give the port back to frontend                                (the proxy goes)"
    `);
  });

  test('gives the port back if an earlier `down` was killed after removing the proxy', () => {
    expect(down(observed(BEHIND_PROXY, ABSENT_PROXY))).toMatchInlineSnapshot(
      `"1. give the port back to frontend  (the proxy goes)"`,
    );
  });

  test('gives the port back to a service that canary.yaml does not name any more', () => {
    const slice = [{ service: 'discounts', entry: undefined }];
    const steps = reconcile({ proxy: 'absent' }, observed(BEHIND_PROXY), situation([], { slice }));
    expect(steps).toEqual([
      { kind: 'return-ports', services: ['frontend'], cause: 'the proxy goes' },
    ]);
  });

  test('forsakes nobody who has a port, or is still meant to be hidden', () => {
    expect(forsaken(observed(BEHIND_PROXY), [])).toEqual(['frontend']);
    expect(forsaken(observed(BEHIND_PROXY), ['frontend'])).toEqual([]);
    const edge = stable('edge', { isHidden: true, publishedPorts: [80] });
    expect(forsaken(observed([...PLAIN, edge]), [])).toEqual([]);
  });

  test('has nothing to do on a plain stable', () => {
    expect(down(observed(PLAIN, ABSENT_PROXY))).toBe('Nothing to do.');
  });

  test('starts nothing that does not run', () => {
    expect(down(observed([], ABSENT_PROXY))).toBe('Nothing to do.');
  });
});
