import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Storedog } from '../support/storedog.ts';
import { SERVER_FILE, trafficShop } from '../support/traffic-shop.ts';
import { Load, userNames, visit } from '../support/visitors.ts';

describe('a promotion', () => {
  let shop: Storedog;

  beforeAll(async () => {
    shop = await trafficShop();
  });

  afterAll(() => shop?.dispose());

  afterEach(() => shop.git('branch', '--force', 'canary', 'main'));

  it('makes a merge commit when main has moved on, and runs what it merged', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
    await shop.write('README.md', `${await shop.read('README.md')}\nMoved on.\n`);
    await shop.git('commit', '--quiet', '--all', '-m', 'Move on');
    await shop.write('notes.txt', 'not committed, not in the way\n');
    const load = new Load(shop.url, 50).start();
    await shop.succeed('promote');
    await load.stop();

    expect(load.problems).toEqual([]);
    expect(await shop.git('log', '-1', '--format=%s')).toBe("Merge branch 'canary' into main");
    expect(await shop.git('log', '-1', '--format=%p')).toMatch(/^\w+ \w+$/);
    expect(await shop.git('status', '--porcelain')).toBe('?? notes.txt');
    const visits = await visit(shop.url, userNames(20));
    expect(visits.every(({ page }) => page === 'canary')).toBe(true);
    expect((await shop.status()).stable.commit).toBe(await shop.git('rev-parse', 'main'));
    await shop.git('clean', '--quiet', '--force');
  });

  it('moves a branch that no working tree is on, leaves the tree as it is, and says what it is told', async () => {
    const change = `${await shop.read(SERVER_FILE)}// another\n`;
    await shop.commitOn('canary', SERVER_FILE, change);
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
    await shop.write('README.md', `${await shop.read('README.md')}\nMoved on again.\n`);
    await shop.git('commit', '--quiet', '--all', '-m', 'Move on');
    await shop.git('switch', '--quiet', '--create', 'elsewhere');
    await shop.write('README.md', 'half done\n');
    const before = await shop.git('status', '--porcelain');
    const head = await shop.git('rev-parse', 'HEAD');
    await shop.succeed('promote', '--message', 'Ship the discounts');

    expect(await shop.git('log', '-1', '--format=%s', 'main')).toBe('Ship the discounts');
    expect(await shop.git('rev-parse', 'main^2')).toBe(await shop.git('rev-parse', 'canary'));
    expect(await shop.git('show', `main:${SERVER_FILE}`)).toBe(change.trimEnd());
    expect(await shop.git('status', '--porcelain')).toBe(before);
    expect(await shop.git('rev-parse', 'HEAD')).toBe(head);
    expect(await shop.git('branch', '--show-current')).toBe('elsewhere');
    await shop.git('switch', '--quiet', '--force', 'main');
  });

  it('of code that dies in the stable’s place puts the stable back, and no user notices', async () => {
    // Fails only as the stable: the clone is told apart by its name in the network.
    await shop.git('switch', '--quiet', '--create', 'trap', 'main');
    await shop.write(
      SERVER_FILE,
      `import { lookup } from 'node:dns/promises';
const mine = await lookup(hostname());
const stable = await lookup('frontend', { all: true }).catch(() => []);
if (stable.some(({ address }) => address === mine.address)) {
  console.error('not as the stable');
  process.exit(1);
}
${await shop.read(SERVER_FILE)}`,
    );
    await shop.git('commit', '--quiet', '--all', '-m', 'A trap');
    await shop.git('switch', '--quiet', 'main');
    await shop.succeed('deploy', '--branch', 'trap', '--weight', '10');
    const main = await shop.git('rev-parse', 'main');
    const load = new Load(shop.url, 50).start();
    const { exitCode, stderr } = await shop.canary('promote');
    await load.stop();

    expect(exitCode).toBe(1);
    expect(stderr).toContain('not as the stable');
    expect(load.problems).toEqual([]);
    expect(await shop.git('rev-parse', 'main')).toBe(main);
    const { release } = await shop.status();
    expect(release.state).toBe('paused');
    expect(release.reason).toContain('the promotion failed');
    expect(release.weight.set).toBe(0);
    const visits = await visit(shop.url, userNames(20));
    expect(visits.every((each) => each.status === 200)).toBe(true);
    await shop.succeed('abort');
  });
});
