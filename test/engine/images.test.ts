import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  canarySays,
  environmentsOf,
  expectPlainUp,
  newestOf,
  stableSays,
  withUsers,
} from '../support/image-releases.ts';
import { ImageShop } from '../support/image-shop.ts';

/** Taken back, exported by a shell, and with a tag that moves: test/long/images/variable-tag.test.ts. */
describe('a server without git and source, whose compose file has a variable for the tag', () => {
  let shop: ImageShop;
  beforeAll(async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose expands it.
    shop = await ImageShop.started('${VERSION}');
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  it('gives a share of users another tag, promotes it, keeps it under plain Compose, and goes back without the registry', async () => {
    const [env, tags] = [await shop.read('.env'), await shop.tags()];
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
    expect(await environmentsOf(shop)).toEqual({ web: 'r1', 'web-canary': 'r2' });
    expect(await shop.tags()).toBe(tags);
    await expectPlainUp(shop, 'one');

    const refused = await shop.canary('promote', '--json');
    expect(refused.exitCode).toBe(2);
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'answer-needed' });
    expect(await shop.read('.env')).toBe(env);

    await shop.succeed('promote', '--yes');
    expect(await shop.read('.env')).toBe(env.replace('VERSION=1', 'VERSION=2'));
    expect(await stableSays(shop)).toBe('two');
    await expectPlainUp(shop, 'two');

    const { id } = await newestOf(shop);
    await shop.registry.stop();
    await shop.succeed('revert', id);
    expect(await shop.read('.env')).toBe(env);
    expect(await stableSays(shop)).toBe('one');
    await expectPlainUp(shop, 'one');
    await shop.registry.startAgain();
  });

  it('refuses what the registry does not have, and touches nobody', async () => {
    const before = await shop.containers();
    const { stdout } = await shop.canary('deploy', '--tag', '9', '--json');
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'image-unknown',
      hint: 'It has 2, 1. No user was touched.',
    });
    expect(await shop.containers()).toEqual(before);
    const same = await shop.succeed('deploy', '--tag', '1');
    expect(same.stdout).toContain('Nothing is new, so no canary was started.');
    expect(await shop.containers()).toEqual(before);
  });
});
