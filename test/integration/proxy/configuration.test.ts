import fc from 'fast-check';
import { expect, test } from 'vitest';
import { baselineName, cloneName } from '../../../src/compose/model/names.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { renderConfiguration } from '../../../src/proxy/configuration.ts';
import type { Route } from '../../../src/proxy/route.ts';
import { haproxyCheck, haproxyCheckAll } from '../../support/fixture-haproxy.ts';
import { canBeChosen } from '../../support/fixture-model.ts';

const OWNER = { uid: 1000, gid: 1000 };

function rendered(
  routes: readonly Route[],
  identity: readonly string[] = [],
  header = 'X-Canary',
): string {
  const config = parseConfig(
    JSON.stringify({ version: 1, services: { a: { entry: 1 } }, identity, force: { header } }),
    'canary.yaml',
  );
  return renderConfiguration({
    routes,
    identity: config.identity,
    match: config.match,
    forceHeader: config.force.header,
    keepsSamples: true,
    tolerance: config.proxy,
    owner: OWNER,
  });
}

function check(routes: readonly Route[], identity: readonly string[] = []) {
  return haproxyCheck(rendered(routes, identity));
}

/** An entry with a preview for each name, each on its own ports. */
function entries(names: readonly string[]): Route[] {
  return names.map((service, index) => ({
    service,
    clone: cloneName(service),
    port: 80,
    entry: {
      port: 10_000 + index,
      preview: 20_000 + index,
      shield: { maxShare: 20, paths: [] },
      breaker: { failures: 5, paths: [] },
    },
  }));
}

const SHOP: Route[] = [
  ...entries(['frontend']),
  { service: 'discounts', clone: 'discounts-canary', port: 5001 },
];

test('HAProxy accepts the configuration of an ordinary canary.yaml', async () => {
  expect(await check(SHOP, ['header:X-User-Id', 'cookie:session'])).toBe('valid');
});

test('HAProxy reports an invalid configuration, so that the other tests can fail', async () => {
  expect(await haproxyCheck('frontend x\n  nonsense\n')).toContain('nonsense');
});

test('HAProxy accepts a baseline beside any entry', async () => {
  const routes = entries(['frontend', 'baseline', 'if']);
  const withBaseline = routes.map((route) => ({ ...route, baseline: baselineName(route.service) }));
  expect(await check(withBaseline)).toBe('valid');
});

test('HAProxy accepts odd but legal service names', async () => {
  const odd = [
    'if',
    'unless',
    'or',
    'default',
    'stable',
    'canary',
    'backend',
    'a.b_c-d',
    'A',
    'a',
    '0',
    '1.5',
    '_x',
    'api.v1',
    'x'.repeat(56),
  ];
  expect(await check(entries(odd))).toBe('valid');
});

test('HAProxy accepts any service name that can be chosen', async () => {
  const legal = fc.sample(fc.stringMatching(/^[a-zA-Z0-9._-]{1,60}$/), { numRuns: 300, seed: 1 });
  const names = [...new Set(legal)].filter(canBeChosen);
  expect(names.length).toBeGreaterThan(100);
  expect(await check(entries(names))).toBe('valid');
});

test('HAProxy accepts any identity that canary.yaml accepts', async () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const identity = fc
    .tuple(fc.constantFrom('header', 'cookie', 'query', 'jwt'), name)
    .map((pair) => pair.join(':'));
  const odd = [
    'header:-1',
    'query:-m',
    'jwt:-.a',
    'jwt:0.if',
    'header:0',
    'cookie:if',
    'header:-',
    'header:_',
    'cookie:-m',
  ];
  expect(await check(SHOP, [...odd, ...fc.sample(identity, { numRuns: 60, seed: 2 })])).toBe(
    'valid',
  );
});

test('HAProxy accepts any path and share that canary.yaml accepts, and entries without protection', async () => {
  const path = fc.stringMatching(/^\/[A-Za-z0-9._~/-]{0,20}$/);
  const odd = ['/', '//', '/-i', '/if', '/..', '/~', `/${'x'.repeat(499)}`];
  const paths = [...odd, ...fc.sample(path, { numRuns: 100, seed: 3 })];
  const yaml = `{ version: 1, services: { a: { entry: 1 } }, shield: { maxShare: 0.01%, paths: ${JSON.stringify(paths)} } }`;
  const { shield } = parseConfig(yaml, 'canary.yaml');
  const protections = [
    { shield, breaker: { failures: 1000, paths: [] } },
    { shield: false, breaker: { failures: 1, paths: [] } },
    { shield, breaker: false },
    { shield: false, breaker: false },
  ] as const;
  const routes = entries(['a', 'b', 'c', 'd']).map((route, index) => ({
    ...route,
    entry: { port: 10_000 + index, preview: undefined, ...protections[index] },
  }));
  expect(await check(routes as Route[])).toBe('valid');
});

test('HAProxy accepts odd forcing headers', async () => {
  const headers = ['-', '0', '-m', 'if', 'X_Side', '-1'];
  const judged = await haproxyCheckAll(headers.map((header) => rendered(SHOP, [], header)));
  expect(judged).toEqual(headers.map(() => 'valid'));
});
