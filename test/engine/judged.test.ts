import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canaryImage } from '../../src/compose/model/names.ts';
import type { Storedog } from '../support/storedog.ts';
import { askAnew, frontShop, SERVER_FILE, serverThatSays } from '../support/traffic-shop.ts';

/** What may change between judgement and promotion, or while a container is made anew, brings nobody unjudged code. */
describe('what was judged', () => {
  let shop: Storedog;
  /** The stable's image: no registry answers at this address, so that nothing can be pulled by the way. */
  let image: string;
  let env: string;

  beforeAll(async () => {
    shop = await frontShop();
    env = await shop.read('.env');
    image = `127.0.0.1:1/${shop.project}/front:1`;
    const compose = await shop.read('docker-compose.yml');
    const service = `frontend:
    image: ${image}
    pull_policy: always
    env_file: [.env]
    environment: { SHOP_MODE: "\${SHOP_MODE:-one}" }`;
    await shop.write('docker-compose.yml', compose.replace('frontend:', service));
    await shop.git('commit', '--quiet', '--all', '-m', 'An image of a registry');
    await shop.succeed('up');
    await shop.untilShopAnswers();
  });
  afterAll(async () => {
    await shop?.dispose();
    await execa('docker', ['image', 'rm', '--force', image, other()], { reject: false });
  });
  afterEach(async () => {
    await shop.write('.env', env);
    await shop.canary('abort');
  });

  const other = () => `${image}-other`;
  const docker = async (...args: string[]) => (await execa('docker', args)).stdout;
  const page = () => askAnew(shop.url, { 'X-User-Id': 'nobody' });
  const deploy = async (name: string) => {
    await shop.git('branch', '--force', 'canary', 'main');
    await shop.commitOn('canary', SERVER_FILE, serverThatSays(name));
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
  };
  const refusal = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await shop.canary(...args, '--json');
    expect(`${exitCode} ${stderr}`).toMatch(/^2 /);
    return JSON.parse(stdout || stderr).error;
  };

  it('is not promoted with another image', async () => {
    await deploy('judged');
    const before = await shop.stableContainers();
    const judged = canaryImage(shop.project, 'frontend', await shop.git('rev-parse', 'canary'));
    const id = await docker('image', 'inspect', '-f', '{{.Id}}', judged);
    await docker('tag', image, judged);

    const error = await refusal('promote');
    expect(error).toMatchObject({ code: 'not-judged' });
    expect(error.details).toEqual([`frontend: \`${judged}\` is another image now.`]);
    expect(await shop.stableContainers()).toEqual(before);
    expect((await shop.status()).release.weight.set).toBe(10);

    await docker('tag', id, judged);
    await shop.succeed('promote');
    expect(await page()).toBe('judged');
    const [stable] = await shop.stableContainers();
    expect(await docker('inspect', '-f', '{{.Image}}', stable?.id ?? '')).toBe(id);
  });

  it('is not promoted with other settings, except by force', async () => {
    await deploy('with settings');
    const before = await shop.stableContainers();
    await shop.write('.env', `${env}\nSHOP_MODE=secret-of-two\n`);

    const error = await refusal('promote');
    expect(error).toMatchObject({ code: 'not-judged' });
    expect(error.details).toEqual(['frontend: its variables SHOP_MODE have other values now.']);
    expect(JSON.stringify(error)).not.toContain('secret-of-two');
    expect(await shop.stableContainers()).toEqual(before);

    await shop.succeed('promote', '--force');
    expect(await page()).toBe('with settings');
    const [stable] = await shop.stableContainers();
    expect(await docker('exec', stable?.id ?? '', 'printenv', 'SHOP_MODE')).toBe('secret-of-two');
  });

  it('is what runs: neither `down` nor `up` brings an image that somebody built or pulled', async () => {
    const before = await shop.containers();
    const [stable] = await shop.stableContainers();
    const running = await docker('inspect', '-f', '{{.Image}}', stable?.id ?? '');
    await docker('tag', image, other());
    await execa('docker', ['build', '--quiet', '--tag', image, '-'], {
      input: `FROM ${other()}\nLABEL other=1\n`,
    });

    const error = await refusal('down', '--yes');
    expect(error).toMatchObject({ code: 'image-changed' });
    expect(error.hint).toContain(`docker tag ${running} ${image}`);
    expect(await shop.containers()).toEqual(before);

    await docker('tag', running, image);
    await shop.succeed('down', '--yes');
    const [plain] = await shop.stableContainers();
    expect(await docker('inspect', '-f', '{{.Image}}', plain?.id ?? '')).toBe(running);

    await execa('docker', ['build', '--quiet', '--tag', image, '-'], {
      input: `FROM ${other()}\nLABEL other=2\n`,
    });
    expect(await refusal('up')).toMatchObject({ code: 'image-changed' });
    expect(await shop.stableContainers()).toEqual([plain]);
    await docker('tag', running, image);
    await shop.succeed('up');
    expect(await page()).toBe('with settings');
  });
});
