import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Storedog } from '../../support/storedog.ts';
import { frontShop, SERVER_FILE, serverThatSays } from '../../support/traffic-shop.ts';

/** A take-over that leaves users without an answer is rolled back. */
let shop: Storedog;

beforeAll(async () => {
  shop = await frontShop();
  const server = serverThatSays('stable').replace(
    'async (request, response) => {',
    "async (request, response) => {\n  if (request.headers['x-forwarded-for']) return request.socket.destroy();",
  );
  await shop.write(SERVER_FILE, server);
  await shop.startProduction();
});

afterAll(() => shop?.dispose());

it('a service that does not answer behind the proxy gets its port back, every time', async () => {
  const before = (await shop.containers()).map(({ id }) => id);
  for (const _ of ['first', 'second']) {
    const { exitCode, stdout } = await shop.canary('up', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'take-over-failed',
      message: expect.stringMatching(
        `^Behind the proxy nobody was answered at 127.0.0.1:${shop.port}.*, so the service has its port back.$`,
      ),
    });
    expect(await (await fetch(shop.url)).text()).toBe('stable');
    expect((await shop.status()).proxy.state).toBe('absent');
    // The container that held the port stopped for it, and runs again.
    expect((await shop.containers()).map(({ id }) => id)).toEqual(before);
  }
});
