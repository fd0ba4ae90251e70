import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { renderConfiguration } from '../../../src/proxy/configuration.ts';
import type { Route } from '../../../src/proxy/route.ts';
import { haproxyCheck } from '../../support/fixture-haproxy.ts';

const PROTECTION = { shield: { maxShare: 20, paths: [] }, breaker: { failures: 5, paths: [] } };
const MATCH = [{ header: 'X-Beta', equals: "it's" }, { user: ['ada'] }, { path: '/x' }];

function hop(service: string, port: number, hops: readonly string[] = [service]): Route {
  return {
    service,
    clone: `${service}-canary`,
    port,
    hops,
    entry: { port, preview: undefined, from: 'services', ...PROTECTION },
  };
}

function entry(service: string, port: number, from: 'users' | 'edge'): Route {
  return {
    service,
    clone: `${service}-canary`,
    port,
    entry: { port, preview: port + 1, from, ...PROTECTION },
  };
}

function check(routes: readonly Route[], header = 'X-Canary'): Promise<string> {
  const identity = ['header:X-User-Id', 'jwt:sub', 'source'];
  const text = {
    version: 1,
    services: { a: { entry: 1 } },
    identity,
    match: MATCH,
    force: { header },
  };
  const config = parseConfig(JSON.stringify(text), 'canary.yaml');
  const { match, force } = config;
  const owner = { uid: 0, gid: 0 };
  return haproxyCheck(
    renderConfiguration({
      routes,
      identity: config.identity,
      match,
      forceHeader: force.header,
      keepsSamples: true,
      tolerance: config.proxy,
      owner,
    }),
  );
}

test('HAProxy accepts published entries, edges and split services, several on a port', async () => {
  const routes = [entry('web', 80, 'users'), entry('shop', 3000, 'edge'), hop('api', 5001)];
  expect(await check(routes)).toBe('valid');
  expect(await check([...routes, hop('ads', 5001), hop('tax', 7000)])).toBe('valid');
});

test('HAProxy accepts odd but legal names of services and headers', async () => {
  const odd = ['if', '-i', '-m', '--', 'or', '0', '_x', 'a.b', 'stable', 'canary', '-f', 'unless'];
  const routes = odd.map((name) => hop(name, 5001, [name, `${name}.internal`]));
  for (const header of ['X-Canary', '-', 'if', '0', '-m'])
    expect(await check([entry('web', 80, 'users'), ...routes], header)).toBe('valid');
});

test('HAProxy accepts an entry beside its own split calls', async () => {
  const web = entry('web', 80, 'users');
  expect(await check([{ ...web, hops: ['web', 'www'], port: 3000 }])).toBe('valid');
});
