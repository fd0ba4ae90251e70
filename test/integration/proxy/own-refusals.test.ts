import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  followRequests,
  type LoggedRequest,
  parseRequest,
} from '../../../src/proxy/request-log.ts';
import { armBreaker, isTripped } from '../../../src/proxy/statistics.ts';
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
    shop: { entry: 3003, port: PORT.http },
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

it.each(['GET', 'POST'])(
  'responses to %s at many addresses whose headers are too large leave the breaker alone',
  async (method) => {
    for (let count = 0; count < 12; count += 1)
      expect((await ask(`/many-${count}?cookies=10`, method)).status).toBe(502);
    // A good answer between them changes nothing.
    for (let count = 0; count < 12; count += 1) {
      expect((await ask('/', method)).headers.get('x-side')).toBe('canary');
      expect((await ask(`/more-${count}?cookies=10`, method)).status).toBe(502);
    }
    expect(isTripped(await shop.statistics('web'))).toBe(false);
    expect((await ask('/', method)).headers.get('x-side')).toBe('canary');
  },
);

it('only failures in a row open the breaker, and they are counted anew after `resume`', async () => {
  const fails = async (times: number) => {
    for (let count = 0; count < times; count += 1) await ask('/shielded', 'POST', 3003);
    return isTripped(await shop.statistics('shop'));
  };
  expect(await fails(4)).toBe(false);
  expect((await ask('/', 'POST', 3003)).headers.get('x-side')).toBe('canary');
  expect(await fails(4)).toBe(false);
  expect(await fails(1)).toBe(true);
  for (const command of armBreaker('shop')) await shop.ask(command);
  expect(await fails(4)).toBe(false);
  expect(await fails(1)).toBe(true);
});

it('a failure of the canary is not the proxy’s, and opens the breaker', async () => {
  const before = seen.length;
  for (let count = 0; count < 6; count += 1) await ask('/shielded', 'POST', 3002);
  await until('all are logged', async () => seen.length >= before + 6);
  expect(seen.slice(before).some(({ byProxy }) => byProxy)).toBe(false);
  expect(isTripped(await shop.statistics('pages'))).toBe(true);
});
