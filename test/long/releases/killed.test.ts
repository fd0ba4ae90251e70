import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAt } from '../../support/kill.ts';
import { type ContainerFacts, type Storedog, until } from '../../support/storedog.ts';
import { trafficShop } from '../../support/traffic-shop.ts';
import { userNames, visit } from '../../support/visitors.ts';

/** Promise 7: after any command is stopped at any point, running it again or reverting ends correctly. */
describe('a command that is killed', () => {
  let shop: Storedog;
  let untouched: ContainerFacts[];
  let main: string;

  beforeAll(async () => {
    shop = await trafficShop();
    untouched = await shop.stableContainers();
    main = await shop.git('rev-parse', 'main');
  });

  afterAll(() => shop?.dispose());

  async function newPages(): Promise<number> {
    const visits = await visit(shop.url, userNames(100));
    expect(visits.filter((each) => each.status !== 200)).toEqual([]);
    return visits.filter(({ page }) => page === 'canary').length;
  }

  async function expectNothingLeft(): Promise<void> {
    expect(await newPages()).toBe(0);
    const status = await shop.status();
    expect(status.release).toBeNull();
    expect(status.lock).toBeNull();
    expect((await shop.containers()).filter((each) => each.service.includes('-canary'))).toEqual(
      [],
    );
    expect(await shop.git('worktree', 'list')).not.toContain('\n');
    expect(await shop.stableContainers()).toEqual(untouched);
  }

  const DEPLOY = ['deploy', '--branch', 'canary', '--weight', '50'];

  it.each(['build', 'start-canary', 'await-ready', 'set-weight'] as const)(
    'in a deploy, in %s, is reported by status, and running it again ends correctly',
    async (kind) => {
      await killAt(shop, { kind }, ...DEPLOY);

      const { release, lock } = await shop.status();
      expect(lock).toBeNull();
      expect(release.state).toBe('failed');
      expect(release.reason).toContain('interrupted');

      await shop.succeed(...DEPLOY);
      expect((await shop.status()).release.state).toBe('holding');
      expect(await newPages()).toBeGreaterThan(20);
      await shop.succeed('abort');
    },
  );

  it.each(['build', 'set-weight'] as const)(
    'in a deploy, in %s, can be reverted, even if an earlier canary had users',
    async (kind) => {
      await shop.succeed(...DEPLOY);
      // A new commit, so that its image does not exist yet.
      await shop.git('switch', '--quiet', 'canary');
      await shop.git('commit', '--quiet', '--amend', '-m', `Say canary, ${kind}`);
      await shop.git('switch', '--quiet', 'main');
      const tip = await shop.git('rev-parse', 'canary');
      await killAt(shop, { kind }, ...DEPLOY);
      await shop.succeed('revert');

      await expectNothingLeft();
      expect(await shop.git('rev-parse', 'canary~1')).toBe(tip);
      expect(await shop.git('diff', main, 'canary')).toBe('');
      await shop.git('branch', '--force', 'canary', tip);
    },
  );

  it('in a deploy continues even if the last line of the journal is torn', async () => {
    await killAt(shop, { kind: 'start-canary' }, ...DEPLOY);
    const { release } = await shop.status();
    const journal = `.canary/releases/${release.id}.jsonl`;
    await shop.write(journal, `${await shop.read(journal)}{"v":1,"at":"2026`);
    expect((await shop.status()).release.id).toBe(release.id);
    await shop.succeed(...DEPLOY);
    expect((await shop.status()).release).toMatchObject({ id: release.id, state: 'holding' });
  });

  it('in a revert, once the traffic is off, can be run again', async () => {
    const child = shop.start('revert');
    await until('the traffic is off', async () => (await newPages()) === 0);
    child.kill('SIGKILL');
    await child;
    expect(await newPages()).toBe(0);
    await shop.succeed('revert');
    await expectNothingLeft();
  });
});
