import { describe, expect, test } from 'vitest';
import type { Observed } from '../../../src/rollout/observed.ts';
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

const LINK = 'canary-proxy:discounts';
const DOOR = {
  kind: 'mesh',
  callers: ['frontend', 'ads'],
  names: ['discounts'],
  preview: undefined,
} as const;
const SLICE = [
  { service: 'frontend', entry: { port: 3000, hostIp: undefined, preview: undefined } },
  { service: 'discounts', port: 5001, entry: undefined, ingress: DOOR },
];
const SERVICES = ['frontend', 'discounts', 'ads', 'db'];
const ADS = stable('ads');
const LINKED = [
  stable('frontend', { proxyLinks: [LINK] }),
  stable('ads', { proxyLinks: [LINK] }),
  stable('discounts'),
  stable('db'),
];

const plan = (desired: Desired, world: Observed, rest = {}) =>
  formatPlan(
    reconcile(desired, world, situation([NEW], { slice: SLICE, services: SERVICES, ...rest })),
  );
const up = (world: Observed, rest = {}) => plan({ proxy: 'running' }, world, rest);

describe('up, with an internal service,', () => {
  test('links callers once the proxy is there, including those that start before it', () => {
    expect(up(observed([...PLAIN, ADS], ABSENT_PROXY))).toMatchInlineSnapshot(`
      "1. hand the port of frontend to the proxy                 (port 3000 is the stable's own)
      2. wait until the stable of frontend, discounts is ready  (the proxy must reach it)
      3. recreate frontend, ads with links to the proxy         (they call services that the proxy splits)
      4. wait until the stable of frontend, ads is ready        (they were recreated)"
    `);
  });

  test('has nothing to do the second time', () => {
    expect(up(observed(LINKED))).toBe('Nothing to do.');
  });

  test('links only callers that are not linked, in all their containers', () => {
    const world = [...LINKED, stable('ads', { id: 'second' })];
    expect(up(observed(world))).toMatchInlineSnapshot(`
      "1. recreate ads with links to the proxy   (they call services that the proxy splits)
      2. wait until the stable of ads is ready  (they were recreated)"
    `);
  });

  test('unlinks callers from an ingress that is gone before it closes', () => {
    const slice = [
      { service: 'frontend', entry: SLICE[0]?.entry },
      { service: 'discounts', entry: undefined },
    ];
    expect(up(observed(LINKED, { configuration: 'earlier' }), { slice })).toMatchInlineSnapshot(`
      "1. recreate frontend, ads with links to the proxy       (they have no ingress now)
      2. wait until the stable of frontend, ads is ready      (they were recreated)
      3. give the proxy its new configuration, without a gap  (canary.yaml changed)
      4. wait until the stable of frontend is ready           (the proxy must reach it)"
    `);
  });

  test('ignores a caller that does not run', () => {
    const world = LINKED.map((each) =>
      each.service === 'ads' ? stable('ads', { state: 'exited' }) : each,
    );
    expect(up(observed(world))).toBe('Nothing to do.');
  });

  test('starts a missing caller with its links if the proxy runs', () => {
    const world = LINKED.filter((each) => each.service !== 'ads');
    expect(up(observed(world))).not.toContain('link');
  });

  test('restarts callers that keep addresses when the proxy started after them', () => {
    const keepsAddresses = (service: string) => service === 'ads';
    const at = (startedAt: string) => ({
      ...stable('canary-proxy', { startedAt }),
      role: 'proxy' as const,
    });
    const later = observed([...LINKED, at('2026-01-01T00:00:00.5Z')]);
    expect(up(later, { keepsAddresses })).toMatchInlineSnapshot(`
      "1. let ads look up the proxy again        (they keep the address it had when they started)
      2. wait until the stable of ads is ready  (they were restarted)"
    `);
    const earlier = observed([...LINKED, at('2025-12-31T23:59:59.999999999Z')]);
    expect(up(earlier, { keepsAddresses })).toBe('Nothing to do.');
    expect(up(observed(LINKED, { state: 'stopped' }), { keepsAddresses })).toContain(
      'let ads look up the proxy again',
    );
  });
});

test('deploy and every way to end a canary leave callers alone', () => {
  const world = observed([...BEHIND_PROXY, ADS], { weight: 5 });
  const slice = SLICE.map(({ service }) => service);
  const deploy = plan({ canary: { commit: NEW, services: slice, weight: 5 } }, world);
  const out = plan({ canary: null }, observed([...world.containers, canary('discounts', NEW)]));
  expect(`${deploy}\n${out}`).not.toMatch(/link|look up/);
});

describe('down, with an internal service,', () => {
  test('unlinks callers before removing the proxy; an entry is unlinked when it gets its port back', () => {
    expect(plan({ canary: null, proxy: 'absent' }, observed(LINKED))).toMatchInlineSnapshot(`
      "1. recreate ads without links to the proxy  (the proxy goes)
      2. give the port back to frontend           (the proxy goes)"
    `);
  });

  test('does not wait for a caller that is no longer in the compose files', () => {
    const [ads] = LINKED.filter(({ service }) => service === 'ads');
    if (!ads) throw new Error('no caller');
    const world = observed([...LINKED, { ...ads, id: 'left', service: 'gone' }]);
    expect(plan({ proxy: 'absent' }, world)).not.toContain('gone');
  });

  test('continues where it was killed', () => {
    const world = LINKED.map((each) => (each.service === 'ads' ? stable('ads') : each));
    expect(plan({ proxy: 'absent' }, observed(world))).not.toContain('link');
  });
});
