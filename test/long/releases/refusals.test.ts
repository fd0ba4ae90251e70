import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ContainerFacts, Storedog } from '../../support/storedog.ts';
import { discountLine, userNames, visit } from '../../support/visitors.ts';

/** Each mistake gives one clear message with a hint and the right exit code, and changes nothing. */
describe('a mistake', () => {
  let shop: Storedog;
  let containers: ContainerFacts[];
  let refs: string;

  beforeAll(async () => {
    shop = await Storedog.create();
    await shop.startProduction();
    await shop.succeed('up');
    containers = await shop.containers();
    refs = await shop.git('for-each-ref');
  });

  afterAll(() => shop.dispose());

  afterEach(async () => {
    expect(await shop.containers()).toEqual(containers);
    expect(await shop.git('worktree', 'list')).not.toContain('\n');
  });

  async function refused(
    args: string[],
    exitCode: number,
    message: string,
    hint: string,
  ): Promise<void> {
    const ended = await shop.canary(...args);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain(hint);
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stdout).toBe('');
  }

  it('a branch that does not exist is rejected', async () => {
    await refused(
      ['deploy', '--branch', 'nope'],
      2,
      'There is no branch `nope`.',
      '`canary branch nope`',
    );
    expect(await shop.git('for-each-ref')).toBe(refs);
  });

  it('a patch that does not exist, is no patch, or conflicts is rejected', async () => {
    const deploy = ['deploy', '--branch', 'canary', '--apply'];
    await refused([...deploy, 'none.patch'], 2, 'There is no patch', 'path');
    await shop.write('garbled.patch', 'this is no patch\n');
    await refused(
      [...deploy, 'garbled.patch'],
      2,
      'garbled.patch does not apply',
      'Nothing was changed.',
    );
    const good = await shop.read('patches/0001-good-describe-discounts.patch');
    await shop.write('conflict.patch', good.replaceAll('discount_json', 'no_such_line'));
    await refused(
      [...deploy, shop.badPatch, '--apply', 'conflict.patch'],
      2,
      'conflict.patch does not apply',
      'Nothing was changed.',
    );
    expect(await shop.git('for-each-ref')).toBe(refs);
    await shop.git('clean', '--quiet', '--force', '--', '*.patch');
  });

  it('a command without a release is rejected', async () => {
    await refused(['promote'], 2, 'No canary is running.', 'canary deploy');
    await refused(['weight', '5'], 2, 'No canary is running.', 'canary deploy');
  });

  it('a canary whose image does not build is rejected', async () => {
    await commitOn('broken-build', 'discounts/Dockerfile', 'FROM scratch\nCOPY missing /\n');
    await refused(
      ['deploy', '--branch', 'broken-build', '--weight', '50'],
      1,
      'The build of frontend-canary, discounts-canary failed.',
      'missing',
    );
    expect((await shop.status()).release).toBeNull();
    expect(await shop.newestState()).toBe('failed');
    await shop.succeed('abort');
  });

  it('a canary that dies when it starts gets no users, and its last output is shown', async () => {
    await commitOn('dies', 'discounts/gunicorn.conf.py', 'raise SystemExit("no way today")\n');
    const { exitCode, stderr } = await shop.canary('deploy', '--branch', 'dies', '--weight', '100');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no way today');
    const { release } = await shop.status();
    expect(release).toMatchObject({ state: 'failed', requests: { canary: 0 } });
    expect(
      (await visit(shop.url, userNames(20))).every((each) => discountLine(each).includes('BIGDOG')),
    ).toBe(true);
    await shop.succeed('abort');
  });

  it('a promotion that conflicts with main or with local changes is rejected', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--apply', shop.goodPatch, '--weight', '10');
    const running = await shop.containers();
    const main = await shop.git('rev-parse', 'main');
    await shop.write(
      'discounts/app.py',
      (await shop.read('discounts/app.py')).replaceAll('discount_json(row)', 'something(row)'),
    );
    await shop.git('commit', '--quiet', '--all', '-m', 'Change the same lines');
    await refused(
      ['promote'],
      2,
      '`canary` and `main` changed the same lines.',
      'Nothing was changed.',
    );
    expect(await shop.containers()).toEqual(running);
    expect((await shop.status()).release).toMatchObject({ state: 'holding', weight: { set: 10 } });
    await shop.git('reset', '--quiet', '--hard', main);

    // And local changes that moving `main` would overwrite.
    await shop.write('discounts/app.py', `${await shop.read('discounts/app.py')}# half done\n`);
    await refused(['promote'], 2, 'are in the way of moving `main` forward.', 'discounts/app.py');
    await shop.git('checkout', '--quiet', '--', 'discounts/app.py');
    await shop.succeed('abort');
  });

  it('a patch for the branch that is checked out is rejected', async () => {
    await refused(
      ['deploy', '--branch', 'main', '--apply', shop.badPatch],
      2,
      'Branch `main` is checked out in',
      'does not change your working tree',
    );
  });

  async function commitOn(branch: string, path: string, content: string): Promise<void> {
    await shop.git('switch', '--quiet', '--create', branch, 'main');
    await shop.write(path, content);
    await shop.git('commit', '--quiet', '--all', '-m', branch);
    await shop.git('switch', '--quiet', 'main');
  }
});
