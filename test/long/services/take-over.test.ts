import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storedog } from '../../support/storedog.ts';
import { frontShop, SERVER_FILE, serverThatSays, trafficShop } from '../../support/traffic-shop.ts';

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

describe('`down`', () => {
  let front: Storedog;
  let original: string;

  beforeAll(async () => {
    front = await trafficShop(['startTimeout: 10s']);
    original = await front.read('docker-compose.yml');
  });

  afterAll(() => front?.dispose());

  it('brings the proxy back if nobody is answered without it', async () => {
    const before = await front.containers();
    const broken = original.replace('    ports:', '    command: ["sleep", "600"]\n    ports:');
    await front.write('docker-compose.yml', broken);
    const { exitCode, stderr } = await front.canary('down');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Without the proxy nobody was answered');
    await front.untilShopAnswers();
    const stable = (all: typeof before) => all.filter(({ service }) => service === 'frontend');
    expect(stable(await front.containers())).toEqual(stable(before));
    await front.write('docker-compose.yml', original);
  });

  it('leaves a service as plain Compose starts it', async () => {
    await front.succeed('down');
    const services = (await front.containers()).map(({ service }) => service);
    expect(services).toEqual(['frontend']);
    const labels = await execa('docker', [
      ...['inspect', '--format', '{{index .Config.Labels "com.docker.compose.oneoff"}}'],
      ...(await front.containers()).map(({ id }) => id),
    ]);
    expect(labels.stdout).toBe('False');
    await front.compose('up', '--detach');
    expect((await front.containers()).map(({ service }) => service)).toEqual(['frontend']);
  });
});
