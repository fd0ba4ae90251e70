import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killAt } from '../../support/kill.ts';
import { startUntilStep } from '../../support/steps.ts';
import type { Storedog } from '../../support/storedog.ts';
import { SERVER_FILE, serverThatSays, trafficShop } from '../../support/traffic-shop.ts';
import { Load, userNames, visit } from '../../support/visitors.ts';

describe('a promotion of a branch', () => {
  let shop: Storedog;

  beforeAll(async () => {
    shop = await trafficShop();
    await shop.git('branch', '--force', 'canary', 'main');
  });

  afterAll(() => shop?.dispose());

  afterEach(() => shop.git('branch', '--force', 'canary', 'main'));

  it('that is killed while replacing the stable is completed by promoting again, without a lost request', async () => {
    await shop.commitOn('canary', SERVER_FILE, serverThatSays('canary'));
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
    const load = new Load(shop.url, 50).start();
    await killAt(shop, { kind: 'replace-stable' }, 'promote');
    await shop.succeed('promote');
    await load.stop();

    expect(load.problems).toEqual([]);
    const visits = await visit(shop.url, userNames(50));
    expect(visits.every(({ status, page }) => status === 200 && page === 'canary')).toBe(true);
    expect(await shop.git('rev-parse', 'main')).toBe(await shop.git('rev-parse', 'canary'));
    expect((await shop.status()).release).toBeNull();
    expect((await shop.containers()).filter((each) => each.service.includes('-canary'))).toEqual(
      [],
    );
  });

  it('ends the steps of a deploy only with --now, without a lost request', async () => {
    await shop.commitOn('canary', SERVER_FILE, serverThatSays('at once'));
    const settings = await shop.read('canary.yaml');
    await shop.write(
      'canary.yaml',
      `${settings}steps: [{ weight: 10, for: 1h }, { weight: 50 }]\n`,
    );
    const { child } = await startUntilStep(shop, 1, 'deploy', '--branch', 'canary');
    const load = new Load(shop.url, 50).start();
    expect((await shop.canary('promote')).exitCode).toBe(5);
    await shop.succeed('promote', '--now');
    await load.stop();

    expect((await child).exitCode).toBe(1);
    expect(load.problems).toEqual([]);
    const visits = await visit(shop.url, userNames(20));
    expect(visits.every(({ page }) => page === 'at once')).toBe(true);
    await shop.write('canary.yaml', settings);
  });

  it('creates a merge commit if main has new commits, and runs the merged code', async () => {
    await shop.commitOn('canary', SERVER_FILE, serverThatSays('another'));
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
    expect(visits.every(({ page }) => page === 'another')).toBe(true);
    expect((await shop.status()).stable.commit).toBe(await shop.git('rev-parse', 'main'));
    await shop.git('clean', '--quiet', '--force');
  });

  it('moves a branch without a working tree, leaves other trees alone, and uses the given message', async () => {
    const change = serverThatSays('a third');
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
});
