import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  followRequests,
  type LoggedRequest,
  parseRequest,
} from '../../../src/proxy/request-log.ts';
import { isTripped } from '../../../src/proxy/statistics.ts';
import { OFF } from '../../../src/proxy/weight-map.ts';
import type { Following } from '../../../src/system/haproxy/line-stream.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';

const HAS = { canary: '/assets/index-BX3kd92_.js', stable: '/assets/main.4f3a2b1c.chunk.js' };

let shop: ProtocolShop;
let following: Following;
const seen: LoggedRequest[] = [];

beforeAll(async () => {
  shop = await ProtocolShop.start({ web: { entry: 3001, port: PORT.http } });
  await shop.split(50);
  following = await shop.follow(followRequests('new'), (line) => {
    const request = parseRequest(line);
    if (request) seen.push(request);
  });
});
afterAll(async () => {
  following?.end();
  await following?.ended;
  await shop?.dispose();
});

async function ask(path: string, user: string, method = 'GET') {
  const headers = { 'X-Canary': user };
  const answer = await fetch(`http://${shop.host}:3001${path}`, { method, headers });
  await answer.arrayBuffer();
  return `${answer.status} ${answer.headers.get('x-side')}`;
}

describe.each([
  ['canary', 'stable'],
  ['stable', 'canary'],
] as const)('a hashed asset that only the %s has', (owner, other) => {
  it(`is missing for users of the ${other} until the ${owner} has served it, and then served`, async () => {
    const path = HAS[owner];
    expect(await ask(path, other)).toBe(`404 ${other}`);
    expect(await ask(path, owner)).toBe(`200 ${owner}`);
    const before = await shop.statistics('web');
    for (let count = 0; count < 12; count += 1) expect(await ask(path, other)).toBe(`200 ${owner}`);
    // Neither the judge nor the breaker nor the counts of a side hear of it.
    await ask('/end', 'stable');
    await until('the end is logged', async () => seen.at(-1)?.path === '/end');
    expect(seen.filter((each) => each.path === path)).toHaveLength(2);
    const after = await shop.statistics('web');
    expect(isTripped(after)).toBe(false);
    expect(after.users?.whole.requests).toBe(before.users?.whole.requests);
    expect(after.assets.ofOther - before.assets.ofOther).toBe(12);
  });
});

it('whatever is not a hashed asset, or no GET, is only asked of the user’s side', async () => {
  expect(await ask('/missing.js', 'stable')).toBe('200 stable');
  expect(await ask('/missing.js', 'canary')).toBe('404 canary');
  expect(await ask(HAS.stable, 'canary', 'POST')).toBe('404 canary');
});

it('while everybody is on the stable, nothing is asked of the canary', async () => {
  expect(await ask(HAS.canary, 'stable')).toBe('200 canary');
  await shop.split(OFF);
  expect(await ask(HAS.canary, 'stable')).toBe('404 stable');
  await shop.split(50);
});
