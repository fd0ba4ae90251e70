import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImageShop } from '../support/image-shop.ts';
import { askAnew } from '../support/traffic-shop.ts';
import { UserTraffic } from '../support/user-traffic.ts';

/** Users come all the time; none of them may notice what is released. */
function withUsers(shop: () => ImageShop): void {
  const traffic: UserTraffic[] = [];
  beforeEach(() => {
    const rate = { perSecond: 25, users: 400 };
    for (const method of ['GET', 'POST'] as const)
      traffic.push(new UserTraffic(shop().url, { ...rate, method }).start());
  });
  afterEach(async () => {
    for (const met of await Promise.all(traffic.splice(0).map((each) => each.stop())))
      expect([...met.hurt]).toEqual([]);
  });
}

const stableSays = (shop: ImageShop) => askAnew(shop.url, { 'X-Canary': 'stable' });
const canarySays = (shop: ImageShop) => askAnew(shop.url, { 'X-Canary': 'canary' });

async function startedShop(tag: string): Promise<ImageShop> {
  const shop = await ImageShop.of(tag);
  await shop.compose('up', '--detach', '--quiet-pull');
  await shop.untilShopAnswers();
  await shop.succeed('up');
  return shop;
}

async function newest(shop: ImageShop) {
  const { stdout } = await shop.succeed('history', '--json');
  return JSON.parse(stdout).releases[0];
}

describe('a server without git and source, whose compose file has a variable for the tag', () => {
  let shop: ImageShop;
  beforeAll(async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose expands it.
    shop = await startedShop('${VERSION}');
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  /** People and timers type it at any time. */
  const plainUp = async (says: string) => {
    const before = await shop.stableContainers();
    await shop.compose('up', '--detach');
    expect(await stableSays(shop)).toBe(says);
    expect(await shop.stableContainers()).toEqual(before);
  };

  it('gives a share of users another tag, and takes it back without a trace', async () => {
    const [env, tags] = [await shop.read('.env'), await shop.tags()];
    const before = await shop.stableContainers();
    const { stdout } = await shop.succeed('deploy', '--tag', '2', '--weight', '50', '--json');
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({ branch: '', state: 'holding', weight: 50 });
    expect(result.source).toEqual({
      images: [
        {
          service: 'web',
          reference: `${shop.repository}:2`,
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        },
      ],
      variables: { VERSION: '2' },
    });
    expect([await stableSays(shop), await canarySays(shop)]).toEqual(['one', 'two']);
    expect(await environments(shop)).toEqual({ web: 'r1', 'web-canary': 'r2' });
    await plainUp('one');
    await shop.succeed('abort');
    expect(await shop.tags()).toBe(tags);
    expect(await shop.read('.env')).toBe(env);
    expect(await shop.stableContainers()).toEqual(before);
  });

  it('promotes it, keeps it under plain Compose, and goes back without the registry', async () => {
    const env = await shop.read('.env');
    await shop.succeed('deploy', '--set', 'VERSION=2', '--weight', '20');
    const { exitCode, stdout } = await shop.canary('promote', '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'answer-needed' });
    expect(await shop.read('.env')).toBe(env);

    await shop.succeed('promote', '--yes');
    expect(await shop.read('.env')).toBe(env.replace('VERSION=1', 'VERSION=2'));
    expect(await stableSays(shop)).toBe('two');
    await plainUp('two');

    const { id } = await newest(shop);
    await shop.registry.stop();
    await shop.succeed('revert', id);
    expect(await shop.read('.env')).toBe(env);
    expect(await stableSays(shop)).toBe('one');
    await plainUp('one');
    await shop.registry.startAgain();
  });

  it('refuses what the registry does not have, and touches nobody', async () => {
    const before = await shop.containers();
    const { stdout } = await shop.canary('deploy', '--tag', '9', '--json');
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'image-unknown' });
    expect(await shop.containers()).toEqual(before);
    const same = await shop.succeed('deploy', '--tag', '1');
    expect(same.stdout).toContain('Nothing is new, so no canary was started.');
    expect(await shop.containers()).toEqual(before);
  });
});

describe('a tag that moves', () => {
  let shop: ImageShop;
  beforeAll(async () => {
    shop = await startedShop('1');
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  it('is moved here by the promotion alone, and back by a revert', async () => {
    const tags = await shop.tags();
    const isNew = async () => (await shop.canary('plan', '--pull', '--exit-code')).exitCode;
    expect(await isNew()).toBe(0);
    await shop.publish('1', 'newer');
    expect(await isNew()).toBe(1);

    await shop.succeed('deploy', '--pull', '--weight', '10');
    expect([await stableSays(shop), await canarySays(shop)]).toEqual(['one', 'newer']);
    expect(await shop.tags()).toBe(tags);
    await shop.succeed('promote');
    expect(await stableSays(shop)).toBe('newer');
    expect(await shop.tags()).not.toBe(tags);
    expect(await isNew()).toBe(0);
    await shop.compose('up', '--detach');
    expect(await stableSays(shop)).toBe('newer');

    await shop.succeed('revert', (await newest(shop)).id);
    expect(await stableSays(shop)).toBe('one');
    expect(await shop.tags()).toBe(tags);
    // A timer does not bring it back.
    const { stderr } = await shop.succeed('deploy', '--pull');
    expect(stderr).toContain('was of the same images: taken back from the stable');
    expect(await shop.stableContainers()).toHaveLength(1);
  });
});

/** By compose service, what its container has in `RELEASE`. */
async function environments(shop: ImageShop): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { service, id } of await shop.containers()) {
    if (service === 'canary-proxy') continue;
    const env = await shop.environmentOf(id);
    found[service] = env.RELEASE ?? '';
  }
  return found;
}
