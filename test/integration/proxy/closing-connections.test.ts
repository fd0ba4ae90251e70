import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';

/** A service may close an idle connection whenever it likes: no request is lost by it. */
let shop: ProtocolShop;

beforeAll(async () => {
  const services = {
    web: { entry: 3001, port: PORT.closesSoon },
    kept: { entry: 3002, port: PORT.http, reuse: true },
    plain: { entry: 3003, port: PORT.http },
  };
  shop = await ProtocolShop.start(services);
});
afterAll(() => shop?.dispose());

/** What came of a POST: the status, or how the connection ended. */
function post(agent: Agent, user: string): Promise<string> {
  const headers = { 'X-User-Id': user, 'Content-Length': '0' };
  const to = { host: shop.host, port: 3001, method: 'POST', agent, headers };
  return new Promise((resolve) => {
    request(to, (answer) => answer.resume().on('end', () => resolve(String(answer.statusCode))))
      .on('error', ({ message }) => resolve(message))
      .end();
  });
}

it.each([0, 100])(
  'POSTs are answered though idle connections end all the time, at %d %',
  async (weight) => {
    await shop.split(weight);
    const results: string[] = [];
    const visit = async (user: string) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let count = 0; count < 60; count += 1) {
        results.push(await post(agent, user));
        // As long as the service keeps the connection, so that the two often meet.
        await pause(2 + Math.random() * 4);
      }
      agent.destroy();
    };
    await Promise.all(Array.from({ length: 16 }, (_, index) => visit(`user-${index}`)));
    expect(results.filter((each) => each !== '200')).toEqual([]);
  },
);

it.each([
  ['kept', 3002, false],
  ['plain', 3003, true],
])('%s: only a service with `reuse` sees connections that go on', async (_, port, ends) => {
  const answer = await fetch(`http://${shop.host}:${port}/`);
  const { rawHeaders }: { rawHeaders: string[] } = JSON.parse(await answer.text());
  const at = rawHeaders.findIndex((each) => each.toLowerCase() === 'connection');
  expect(rawHeaders[at + 1] === 'close').toBe(ends);
});
