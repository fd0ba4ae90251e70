import { once } from 'node:events';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storedog } from '../../support/storedog.ts';
import {
  askAnew,
  frontShop,
  SERVER_FILE,
  serverThatSays,
  trafficShop,
} from '../../support/traffic-shop.ts';

const IGNORES_SIGTERM = "process.on('SIGTERM', () => undefined);";

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

describe('the hand-over', () => {
  let front: Storedog;

  beforeAll(async () => {
    front = await frontShop();
    const server = serverThatSays('stable').replace(/process\.on\('SIGTERM'.*/, IGNORES_SIGTERM);
    await front.write(SERVER_FILE, server);
    const compose = await front.read('docker-compose.yml');
    await front.write(
      'docker-compose.yml',
      compose.replace('    ports:', '    stop_grace_period: 2s\n    ports:'),
    );
    await front.startProduction();
  });

  afterAll(() => front?.dispose());

  it('waits for a request that is open, also if the app ignores SIGTERM', async () => {
    const starts = await firstEvent('container', 'start', `${front.project}-canary-proxy-1`);
    const up = front.succeed('up');
    await starts.seen;
    expect(await askAnew(`${front.url}slow`, {})).toBe('stable');
    await up;
    await front.succeed('down');
  });

  it.each([
    ['the proxy waits', 'connect', 'canary-hand-over'],
    ['the port is closed', 'disconnect', 'default'],
    ['the proxy serves', 'disconnect', 'canary-hand-over'],
  ])('killed when %s, `up` ends with one container each', async (_, action, network) => {
    const child = front.start('up');
    // The proxy leaves its own networks before anybody else does.
    if (network === 'default')
      await (await firstEvent('container', 'start', `${front.project}-canary-proxy-1`)).seen;
    const moment = await firstEvent('network', action, `${front.project}_${network}`);
    await moment.seen;
    const isKilled = child.kill('SIGKILL');
    await Promise.allSettled([child]);
    expect(isKilled).toBe(true);
    await front.succeed('up');
    await front.untilShopAnswers();
    const services = (await front.containers()).map(({ service }) => service).sort();
    expect(services).toEqual(['canary-proxy', 'frontend']);
    await front.succeed('down');
    const networks = await execa('docker', ['network', 'ls', '--format', '{{.Name}}']);
    expect(networks.stdout.split('\n').filter((each) => each.startsWith(front.project))).toEqual([
      `${front.project}_default`,
    ]);
  });
});

/** Follows the engine's events; `seen` resolves with the next one of a kind. */
async function firstEvent(
  type: string,
  event: string,
  name: string,
): Promise<{ seen: Promise<void> }> {
  const following = execa('docker', [
    ...['events', '--since', String(Math.floor(Date.now() / 1000)), '--format', '{{.Action}}'],
    ...['--filter', `type=${type}`, '--filter', `${type}=${name}`, '--filter', `event=${event}`],
  ]);
  const next = async () => {
    await once(following.stdout, 'data');
    following.kill();
    await following.catch(() => undefined);
  };
  return { seen: next() };
}

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
