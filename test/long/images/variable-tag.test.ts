import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  canarySays,
  environmentsOf,
  expectPlainUp,
  expectTagToMove,
  newestOf,
  stableSays,
  withUsers,
} from '../../support/image-releases.ts';
import { ImageShop } from '../../support/image-shop.ts';

/** Promoted, and reverted without the registry: test/engine/images.test.ts. */
describe('a server without git and source, whose compose file has a variable for the tag', () => {
  let shop: ImageShop;
  beforeAll(async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose expands it.
    shop = await ImageShop.started('${VERSION}');
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  it('gives a share of users another tag, and takes it back without a trace', async () => {
    const [env, images] = [await shop.read('.env'), await shop.images()];
    const before = await shop.stableContainers();
    await shop.succeed('deploy', '--set', 'VERSION=2', '--weight', '50');
    expect([await stableSays(shop), await canarySays(shop)]).toEqual(['one', 'two']);
    expect(await environmentsOf(shop)).toEqual({ web: 'r1', 'web-canary': 'r2' });
    await expectPlainUp(shop, 'one');
    await shop.succeed('abort');
    expect(await shop.images()).toBe(images);
    expect(await shop.read('.env')).toBe(env);
    expect(await shop.stableContainers()).toEqual(before);
  });

  it('keeps what is promoted for whoever exports the variable next', async () => {
    const by = async (VERSION: string, ...args: string[]) => {
      const { exitCode, stdout, stderr } = await shop.canaryWith({ VERSION }, ...args);
      expect(exitCode, stderr).toBe(0);
      return stdout + stderr;
    };
    const env = await shop.read('.env');
    await by('1', 'deploy', '--tag', '2', '--weight', '20');
    expect(await by('1', 'promote')).toContain('next exports VERSION=2');
    expect(await shop.read('.env')).toBe(env);
    const before = await shop.stableContainers();
    const options = { cwd: shop.directory, env: { VERSION: '2' } };
    await execa('docker', ['compose', 'up', '--detach'], options);
    expect(await shop.stableContainers()).toEqual(before);
    expect(await stableSays(shop)).toBe('two');
    expect(await by('2', 'plan')).toContain('Nothing to do.');
    expect((await shop.succeed('status')).stderr).toContain('VERSION=2 is not in ');

    await by('2', 'revert', (await newestOf(shop)).id);
    await expectPlainUp(shop, 'one');
  });

  it('takes an image that was built here and that no registry has', async () => {
    const build = ['build', '--quiet', '--tag', `${shop.repository}:local`, '-'];
    const input = `FROM ${shop.repository}:1\nRUN sed -i "s/'one'/'local'/" /server.mjs\n`;
    await execa('docker', build, { input, env: { DOCKER_BUILDKIT: '1' } });
    await shop.succeed('deploy', '--tag', 'local', '--weight', '50');
    expect([await stableSays(shop), await canarySays(shop)]).toEqual(['one', 'local']);
    await shop.succeed('promote', '--yes');
    await expectPlainUp(shop, 'local');
    await shop.registry.stop();
    await shop.succeed('revert', (await newestOf(shop)).id);
    await shop.registry.startAgain();
    await expectPlainUp(shop, 'one');
  });

  it('gets a tag that moves by the promotion alone, and loses it by a revert', () =>
    expectTagToMove(shop));
});
