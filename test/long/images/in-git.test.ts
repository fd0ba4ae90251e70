import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canarySays, newestOf, stableSays, withUsers } from '../../support/image-releases.ts';
import { ImageShop } from '../../support/image-shop.ts';

describe('a repository that has the tag in clear, and a variable in a tracked .env', () => {
  let shop: ImageShop;
  beforeAll(async () => {
    shop = await ImageShop.started('1', { isInGit: true });
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  // To the last byte: `shop.git` leaves out the last line break.
  const fileAt = async (branch: string, path: string) =>
    (
      await execa('git', ['show', `${branch}:${path}`], {
        cwd: shop.directory,
        stripFinalNewline: false,
      })
    ).stdout;
  const filesAt = async (branch: string) => ({
    compose: await fileAt(branch, 'docker-compose.yml'),
    env: await fileAt(branch, '.env'),
  });
  /** Plain Compose finds what runs, and changes nothing. */
  const plainUp = async (says: string) => {
    const before = await shop.stableContainers();
    await shop.compose('up', '--detach');
    expect(await shop.stableContainers()).toEqual(before);
    expect(await stableSays(shop)).toBe(says);
  };

  it('releases them as a commit that is merged, and reverted by git', async () => {
    const before = await filesAt('main');
    const after = {
      compose: before.compose.replace(/acme\/web:1$/m, 'acme/web:2'),
      env: before.env.replace(/^VERSION=1$/m, 'VERSION=2'),
    };
    const main = await shop.git('rev-parse', 'main');
    const wishes = ['--tag', '2', '--set', 'VERSION=2'];
    const planned = await shop.succeed('plan', ...wishes);
    expect(planned.stdout).toContain('becomes a commit on `canary`');
    const { stdout } = await shop.succeed('deploy', ...wishes, '--weight', '50', '--json');
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({ branch: 'canary', state: 'holding', source: null });
    expect([await stableSays(shop), await canarySays(shop)]).toEqual(['one', 'two']);
    expect(await filesAt('canary')).toEqual(after);
    expect(await shop.git('rev-parse', 'main')).toBe(main);
    await plainUp('one');
    // The same again goes on with the same commit.
    const commit = await shop.git('rev-parse', 'canary');
    await shop.succeed('deploy', ...wishes, '--weight', '60');
    expect(await shop.git('rev-parse', 'canary')).toBe(commit);

    await shop.succeed('promote');
    expect(await filesAt('main')).toEqual(after);
    expect(await shop.read('.env')).toBe(after.env);
    await plainUp('two');

    await shop.registry.stop();
    await shop.succeed('revert', (await newestOf(shop)).id);
    expect(await filesAt('main')).toEqual(before);
    await plainUp('one');
    await shop.registry.startAgain();
  });

  it('goes back to an empty change when it is taken back, and can be released again', async () => {
    const tags = await shop.tags();
    await shop.succeed('deploy', '--tag', '2', '--weight', '10');
    await shop.succeed('revert');
    expect(await shop.git('diff', '--stat', 'main', 'canary')).toBe('');
    expect(await shop.tags()).toBe(tags);
    await shop.succeed('deploy', '--tag', '2', '--weight', '10');
    expect(await canarySays(shop)).toBe('two');
    await shop.succeed('revert');
  });
});
