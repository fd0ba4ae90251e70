import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { killAt } from '../../support/kill.ts';
import type { Storedog } from '../../support/storedog.ts';
import { SERVER_FILE, serverThatSays, trafficShop } from '../../support/traffic-shop.ts';
import { Load, userNames, visit } from '../../support/visitors.ts';

describe('a promoted release', () => {
  let shop: Storedog;
  let release: string;
  let imageBefore: string;

  const stableImage = async () => {
    const stable = (await shop.stableContainers()).find(({ service }) => service === 'frontend');
    return (await execa('docker', ['inspect', '--format', '{{.Image}}', stable?.id ?? ''])).stdout;
  };
  const pages = async () => new Set((await visit(shop.url, userNames(20))).map(({ page }) => page));

  beforeAll(async () => {
    shop = await trafficShop();
    await shop.git('branch', '--force', 'canary', 'main');
  });

  afterAll(() => shop.dispose());

  // A promoted change is reverted by then, and can be promoted again.
  beforeEach(async () => {
    imageBefore = await stableImage();
    await shop.commitOn('canary', SERVER_FILE, serverThatSays('canary'));
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
    await shop.succeed('promote');
    const [newest] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    release = newest.id;
  });

  afterEach(() => shop.git('branch', '--force', 'canary', 'main'));

  it('is reverted with the images from before, by a commit, without a lost request', async () => {
    const promoted = await shop.git('rev-parse', 'main');
    const load = new Load(shop.url, 50).start();
    const { stdout, stderr } = await shop.succeed('revert', release);
    await load.stop();

    expect(load.problems).toEqual([]);
    expect(stderr).not.toContain('build');
    expect(stdout).toContain(`The stable is what it was before release ${release}.`);
    expect(await stableImage()).toBe(imageBefore);
    expect(await pages()).toEqual(new Set(['stable']));
    expect(await shop.git('log', '--format=%s', `${promoted}..main`)).toBe(
      `Revert "Change ${SERVER_FILE}"`,
    );
    expect(await shop.git('diff', `${promoted}^`, 'main')).toBe('');
    expect(await shop.git('status', '--porcelain')).toBe('');
    expect((await shop.containers()).map((each) => each.service)).not.toContain('frontend-canary');

    const again = await shop.succeed('revert', release);
    expect(again.stdout).toContain('nothing was changed');
    expect(await shop.git('log', '--format=%s', `${promoted}..main`)).not.toContain('\n');
  });

  it('is reverted although the code from before lacks what users and checks ask of the new one', async () => {
    const original = await shop.read('canary.yaml');
    const asked = 'analysis: { checks: [{ get: /known, expect: { contains: canary } }] }\n';
    await shop.write('canary.yaml', original.replace('analysis: false\n', asked));
    await shop.succeed('up');
    const load = new Load(shop.url, 50).start();
    const { exitCode, stderr } = await shop.canary('revert', release);
    await load.stop();
    await shop.write('canary.yaml', original);
    await shop.succeed('up');
    expect(stderr).not.toContain('check the answers');
    expect(exitCode).toBe(0);
    expect(load.problems).toEqual([]);
    expect(await pages()).toEqual(new Set(['stable']));
  });

  it('is reverted by a second revert, after one that was killed once its users were back', async () => {
    await killAt(shop, { kind: 'drain', side: 'canary' }, 'revert', release);
    await shop.succeed('revert', release);
    expect(await pages()).toEqual(new Set(['stable']));
    expect((await shop.status()).release).toBeNull();
    const { releases } = JSON.parse((await shop.succeed('history', '--json')).stdout);
    const newer = releases.slice(0, 2).map(({ state }: { state: string }) => state);
    expect(newer).toEqual(['promoted', 'reverted']);
  });

  it('is reverted under later work, which stays', async () => {
    await shop.write('README.md', `${await shop.read('README.md')}\nLater.\n`);
    await shop.git('commit', '--quiet', '--all', '-m', 'Later work');
    await shop.succeed('revert', release, '-m', 'No more canaries');
    expect(await shop.git('log', '-2', '--format=%s', 'main')).toBe('No more canaries\nLater work');
    expect(await shop.read('README.md')).toContain('Later.');
    expect(await pages()).toEqual(new Set(['stable']));
  });

  it('stays if later work changed the same lines, and nothing is touched', async () => {
    await shop.write(SERVER_FILE, serverThatSays('words'));
    await shop.git('commit', '--quiet', '--all', '-m', 'Say words');
    const [head, containers] = [await shop.git('rev-parse', 'main'), await shop.containers()];
    const { exitCode, stderr } = await shop.canary('revert', release);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Later commits on the stable branch changed the same lines.');
    expect(stderr).toContain(SERVER_FILE);
    expect(await shop.git('rev-parse', 'main')).toBe(head);
    expect(await shop.containers()).toEqual(containers);
    expect((await shop.canary('revert', 'nonsense')).exitCode).toBe(2);
  });
});
