import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  followRequests,
  type LoggedRequest,
  parseRequest,
} from '../../../src/proxy/request-log.ts';
import { isTripped } from '../../../src/proxy/statistics.ts';
import type { Following } from '../../../src/system/haproxy/line-stream.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';

/** What the proxy refuses itself, with both sides alike: it is nobody's failure. */
let shop: ProtocolShop;
let following: Following;
const seen: LoggedRequest[] = [];

beforeAll(async () => {
  const services = {
    web: { entry: 3001, port: PORT.heads },
    pages: { entry: 3002, port: PORT.http },
  };
  shop = await ProtocolShop.start(services, undefined, { proxy: { headers: '16k' } });
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

const ask = (path: string, method: string, port = 3001) =>
  fetch(`http://${shop.host}:${port}${path}`, { method, headers: { 'X-Canary': 'canary' } });

it.each(['GET', 'POST'])(
  'responses to %s whose headers are too large leave the breaker alone',
  async (method) => {
    const path = `/sign-in-${method}`;
    for (let count = 0; count < 12; count += 1)
      expect((await ask(`${path}?cookies=10`, method)).status).toBe(502);
    const logged = () => seen.filter((each) => each.path.startsWith(path));
    await until('all are logged', async () => logged().length === 12);
    expect(isTripped(await shop.statistics('web'))).toBe(false);
    expect(logged().every(({ byProxy }) => byProxy)).toBe(true);
    // The canary still has its users.
    expect((await ask('/', method)).headers.get('x-side')).toBe('canary');
  },
);

it('a failure of the canary is not the proxy’s, and opens the breaker', async () => {
  const before = seen.length;
  for (let count = 0; count < 6; count += 1) await ask('/shielded', 'POST', 3002);
  await until('all are logged', async () => seen.length >= before + 6);
  expect(seen.slice(before).some(({ byProxy }) => byProxy)).toBe(false);
  expect(isTripped(await shop.statistics('pages'))).toBe(true);
});
