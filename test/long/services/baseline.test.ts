import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killAt } from '../../support/kill.ts';
import { untilStep } from '../../support/steps.ts';
import type { ContainerFacts, Storedog } from '../../support/storedog.ts';
import { letCanaryFail, trafficShop } from '../../support/traffic-shop.ts';
import { UserTraffic } from '../../support/user-traffic.ts';
import { userNames } from '../../support/visitors.ts';

/** A fresh clone of the stable beside the canary; the judge compares the canary with it. */
describe('the baseline', () => {
  let shop: Storedog;
  let original: string;
  let untouched: ContainerFacts[];
  let traffic: UserTraffic | undefined;

  beforeAll(async () => {
    shop = await trafficShop([
      'analysis: { baseline: true, minimumRequests: 50, margin: 5%, shape: false }',
    ]);
    original = await shop.read('canary.yaml');
    untouched = await shop.stableContainers();
  });

  afterAll(() => shop.dispose());

  afterEach(async () => {
    await traffic?.stop();
    await shop.succeed('abort');
  });

  const configure = (...settings: string[]) =>
    shop.write('canary.yaml', `${original}${settings.join('\n')}\n`);

  const clones = async () =>
    (await shop.containers()).map(({ service }) => service).filter((each) => /-/.test(each));

  const expectNothingLeft = async () => {
    expect(await clones()).toEqual(['canary-proxy']);
    expect(await shop.stableContainers()).toEqual(untouched);
  };

  /** The containers of a service, each with the image it runs. */
  async function imagesOf(service: string): Promise<string[]> {
    const own = (await shop.containers()).filter((each) => each.service === service);
    const { stdout } = await execa('docker', [
      ...['inspect', '--format', '{{.Image}}'],
      ...own.map(({ id }) => id),
    ]);
    return stdout.split('\n');
  }

  /** Which service answers each of a thousand users. */
  async function answerers(): Promise<Record<string, string[]>> {
    const containers = await shop.containers();
    const found: Record<string, string[]> = {};
    const users = userNames(1000);
    const visitor = async () => {
      for (let user = users.pop(); user !== undefined; user = users.pop()) {
        const answer = await fetch(shop.url, { headers: { 'X-User-Id': user } });
        await answer.text();
        const host = answer.headers.get('X-Container') ?? 'nobody';
        const service = containers.find(({ id }) => id.startsWith(host))?.service ?? host;
        found[service] ??= [];
        found[service].push(user);
      }
    };
    await Promise.all(Array.from({ length: 16 }, visitor));
    return found;
  }

  it('is one container of the stable’s running image, for as many users as the canary has', async () => {
    await configure('steps: [{ weight: 20, for: 5m }, { weight: 60, for: 5m }]');
    await shop.succeed('deploy', '--branch', 'canary', '--detach');
    expect(await imagesOf('frontend-baseline')).toEqual(await imagesOf('frontend'));
    const started = await shop.containers();
    await shop.canaryCompose('up', '--detach', '--no-build');
    expect(await shop.containers()).toEqual(started);
    const early = await answerers();
    for (const service of ['frontend-canary', 'frontend-baseline']) {
      expect(early[service]?.length).toBeGreaterThan(150);
      expect(early[service]?.length).toBeLessThan(250);
    }
    // They count as users of the stable everywhere.
    const { weight } = (await shop.status()).release;
    expect(weight.measured).toBeGreaterThan(15);
    expect(weight.measured).toBeLessThan(25);

    await shop.succeed('weight', '60');
    const late = await answerers();
    expect(late.frontend).toBeUndefined();
    // A higher weight moves users from the baseline to the canary, and none back to the warm stable.
    const seen = new Set([
      ...(late['frontend-canary'] ?? []),
      ...(late['frontend-baseline'] ?? []),
    ]);
    expect(seen.size).toBe(1000);
    expect(early['frontend-canary']?.every((user) => late['frontend-canary']?.includes(user))).toBe(
      true,
    );
    await shop.succeed('abort');
    await expectNothingLeft();
  });

  it('is compared with a failing canary, and removed with it', async () => {
    await configure('steps: [{ weight: 20, for: 5m }]');
    traffic = new UserTraffic(shop.url, { perSecond: 100, method: 'POST' }).start();
    const child = shop.start('deploy', '--branch', 'canary', '--json');
    await untilStep(shop, 1);
    await letCanaryFail(shop, 0.1);
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(3);
    const { error } = JSON.parse(String(stdout).trim().split('\n').at(-1) ?? '');
    const [, canary, stable] =
      /^\d+ of (\d+) requests on the canary failed, and 0 of (\d+) on the stable\.$/.exec(
        error.message,
      ) ?? [];
    // The whole stable has four times as many.
    expect(Number(stable)).toBeGreaterThan(0);
    expect(Number(stable)).toBeLessThan(3 * Number(canary));
    await expectNothingLeft();
    await shop.git('branch', '--force', 'canary', 'canary~1');
  });

  it('leaves its users to the stable when it dies', async () => {
    await configure('steps: [{ weight: 40, for: 5m }]');
    await shop.succeed('deploy', '--branch', 'canary', '--detach');
    traffic = new UserTraffic(shop.url, { perSecond: 100, method: 'GET' }).start();
    const [baseline] = (await shop.containers()).filter(
      ({ service }) => service === 'frontend-baseline',
    );
    await execa('docker', ['kill', '--signal', 'KILL', baseline?.id ?? '']);
    const { frontend = [], ...others } = await answerers();
    expect(Object.keys(others)).toEqual(['frontend-canary']);
    expect(frontend.length).toBeGreaterThan(500);
    expect((await traffic.stop()).hurt.size).toBe(0);
  });

  it.each([{ kind: 'start-baseline' }, { kind: 'await-ready', side: 'baseline' }])(
    'survives a deploy killed in $kind: running it again continues, and abort leaves nothing',
    async (step) => {
      await configure('steps: [{ weight: 20, for: 5m }]');
      await killAt(shop, step, 'deploy', '--branch', 'canary', '--detach');
      await shop.succeed('deploy', '--branch', 'canary', '--detach');
      expect((await clones()).sort()).toEqual([
        ...['canary-proxy', 'frontend-baseline', 'frontend-canary'],
      ]);
      await shop.succeed('abort');
      await expectNothingLeft();

      await killAt(shop, step, 'deploy', '--branch', 'canary', '--detach');
      await shop.succeed('abort');
      await expectNothingLeft();
    },
  );

  it('is removed with a promoted canary, and by `down`', async () => {
    await configure('steps: [{ weight: 40, for: 2s }]');
    traffic = new UserTraffic(shop.url, { perSecond: 150, method: 'POST' }).start();
    await shop.succeed('deploy', '--branch', 'canary');
    expect((await traffic.stop()).hurt.size).toBe(0);
    expect(await clones()).toEqual(['canary-proxy']);

    await configure('steps: [{ weight: 20, for: 5m }]');
    await shop.commitOn(
      'canary',
      'store-frontend/Dockerfile',
      `${await shop.read('store-frontend/Dockerfile')}\n`,
    );
    await shop.succeed('deploy', '--branch', 'canary', '--detach');
    await shop.succeed('down', '--yes');
    expect(await clones()).toEqual([]);
  });
});
