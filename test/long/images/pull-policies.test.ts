import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canarySays, stableSays, withUsers } from '../../support/image-releases.ts';
import { ImageShop } from '../../support/image-shop.ts';

/** Every `pull_policy` of Compose, and whether its own `up` gets what a tag leads to since: the image here is minutes old. */
const POLICIES: [policy: string, composePulls: boolean][] = [
  ['always', true],
  ['refresh', false],
  ['missing', false],
  ['if_not_present', false],
  ['never', false],
  ['build', false],
  ['daily', false],
  ['weekly', false],
  ['every_12h', false],
];

describe('a moved tag, with every `pull_policy` of the compose file', () => {
  let shop: ImageShop;
  let compose: string;
  let first: string;
  beforeAll(async () => {
    shop = await ImageShop.started('1');
    compose = await shop.read('docker-compose.yml');
    first = await shop.imageId(`${shop.repository}:1`);
    await shop.publish('1', 'newer');
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  it.each(POLICIES)('%s: only canary decides what users get', async (policy, composePulls) => {
    await shop.write('docker-compose.yml', `${compose.trimEnd()}\n    pull_policy: ${policy}\n`);
    const [tags, stable] = [await shop.tags(), await shop.stableContainers()];
    for (const [wish, says] of [
      [['--tag', '2'], 'two'],
      [['--image', `web=${shop.repository}:1`], 'newer'],
    ] as const) {
      await shop.succeed('deploy', ...wish, '--weight', '5');
      expect([await stableSays(shop), await canarySays(shop)]).toEqual(['one', says]);
      expect(await shop.tags()).toBe(tags);
      await shop.succeed('abort');
    }
    expect(await shop.stableContainers()).toEqual(stable);

    // By the policy, Compose itself may move the tag; it cannot replace what has the users.
    await execa('docker', ['compose', 'up', '--detach'], { cwd: shop.directory, reject: false });
    const moved = (await shop.imageId(`${shop.repository}:1`)) !== first;
    expect(moved).toBe(composePulls);
    expect(await stableSays(shop)).toBe('one');
    await execa('docker', ['tag', first, `${shop.repository}:1`]);
    await shop.succeed('up');
  });
});
