import { expect, test } from 'vitest';
import type { ReachableService } from '../../../src/compose/ingress/ingress.ts';
import { reconcile } from '../../../src/rollout/reconcile.ts';
import { DEFINITION, observed, PLAIN, situation, stable } from '../../support/fixture-observed.ts';

const SLICE: ReachableService[] = [
  {
    service: 'discounts',
    port: 80,
    entry: undefined,
    ingress: {
      kind: 'labels',
      callers: [],
      names: [],
      preview: undefined,
      router: { kind: 'nginx-proxy', port: 80, routers: [], left: [] },
    },
  },
];
const withHost = { slice: SLICE, withHost: ['discounts'] };
const others = PLAIN.filter(({ service }) => service !== 'discounts');
const proxy = { state: 'running', definition: DEFINITION } as const;
const kinds = (
  wanted: 'running' | 'absent',
  hasHost: boolean,
  rest: Parameters<typeof situation>[1],
  more = {},
) => {
  const containers = [...others, stable('discounts', { hasHost })];
  const world = observed(containers, { ...proxy, ...more });
  return reconcile({ proxy: wanted }, world, situation([], rest)).map(({ kind }) => kind);
};

test('the stable gives its host to a running proxy, once', () => {
  expect(kinds('running', true, withHost)).toContain('link-callers');
  expect(kinds('running', false, withHost)).not.toContain('link-callers');
});

test('it gets its host back before the proxy is removed, and when its setting is removed', () => {
  const steps = kinds('absent', false, withHost);
  expect(steps.slice(0, 2)).toEqual(['unlink-callers', 'stop-proxy']);
  expect(kinds('absent', true, withHost)).not.toContain('unlink-callers');
  expect(kinds('running', false, { slice: [], withHost: ['discounts'] })).toContain('link-callers');
});

test('a proxy that routers were told to leave is started again', () => {
  expect(kinds('running', false, withHost, { isLeft: true })).toContain('start-proxy');
  expect(kinds('running', false, withHost)).not.toContain('start-proxy');
});
