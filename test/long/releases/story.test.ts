import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContainerFacts, Storedog } from '../../support/storedog.ts';
import { discountLine, Load, userNames, visit } from '../../support/visitors.ts';

/** The story of the README, from plain production to a promoted and a reverted canary. */
describe('the main job on Storedog', () => {
  let shop: Storedog;
  let untouched: ContainerFacts[];
  let broken: string[];
  const users = userNames(150);

  beforeAll(async () => {
    shop = await Storedog.create();
    // Each command as people start it.
    shop.hasProcesses = true;
    await shop.startProduction();
    await shop.sql("INSERT INTO discount (name, code, value) VALUES ('Proof', 'PROOF', 1)");
  });

  afterAll(() => shop?.dispose());

  it('puts the proxy on the port that users know', async () => {
    const before = await shop.stableContainers();
    await shop.succeed('up');
    const after = await shop.stableContainers();

    expect((await fetch(shop.url)).status).toBe(200);
    const others = (list: ContainerFacts[]) => list.filter((each) => each.service !== 'frontend');
    expect(others(after)).toEqual(others(before));
    expect((await fetch(shop.previewUrl)).status).toBe(503);
    untouched = after;
  });

  it('runs `up` a second time without changing anything', async () => {
    const { stdout } = await shop.succeed('up', '--json');
    expect(JSON.parse(stdout).changed).toBe(false);
    expect(await shop.stableContainers()).toEqual(untouched);
  });

  it('deploys the bad change to a share of users only', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--apply', shop.badPatch, '--weight', '20');

    const visits = await visit(shop.url, users);
    broken = visits
      .filter((each) => discountLine(each).includes('undefined'))
      .map(({ user }) => user);
    expect(visits.every((each) => each.status === 200)).toBe(true);
    expect(broken.length / users.length).toBeGreaterThan(0.1);
    expect(broken.length / users.length).toBeLessThan(0.3);
    const fine = visits.filter((each) => discountLine(each).includes('BIGDOG'));
    expect(fine.length + broken.length).toBe(users.length);
    expect(await shop.stableContainers()).toEqual(untouched);
    const [told] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    const commit = (await shop.git('rev-parse', 'canary')).slice(0, 12);
    expect(told.services).toEqual(['frontend', 'discounts']);
    expect(told.images.map(({ image }: { image: string }) => image).sort()).toEqual(
      ['discounts', 'frontend'].map((service) => `${shop.project}-${service}:canary-${commit}`),
    );
  });

  it('keeps every user on one side, and shows set and measured weight', async () => {
    const sides = async () =>
      new Map((await visit(shop.url, users)).map((each) => [each.user, discountLine(each)]));
    expect(await sides()).toEqual(await sides());

    const { release } = await shop.status();
    expect(release.state).toBe('holding');
    expect(release.weight.set).toBe(20);
    // Every user came equally often.
    expect(release.weight.measured).toBeCloseTo((100 * broken.length) / users.length, 1);
    expect(release.requests.stable + release.requests.canary).toBe(3 * users.length);
  });

  it('shows the canary alone at its own address and by header', async () => {
    const preview = await (await fetch(shop.previewUrl)).text();
    const forced = await (await fetch(shop.url, { headers: { 'X-Canary': 'canary' } })).text();
    const stable = await (await fetch(shop.url, { headers: { 'X-Canary': 'stable' } })).text();
    expect([preview, forced, stable].map((page) => page.includes('undefined'))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('keeps an anonymous user on one side by a cookie', async () => {
    await shop.succeed('weight', '50');
    const first = await fetch(shop.url);
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^canary-id=[0-9a-f-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    const page = await first.text();
    const headers = { Cookie: cookie.split(';')[0] ?? '' };
    for (let again = 0; again < 10; again += 1) {
      const answer = await fetch(shop.url, { headers });
      expect(await answer.text()).toBe(page);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });

  it('sends no user at 0 and every user at 100, and only adds users on the way up', async () => {
    const some = users.slice(0, 60);
    let earlier = new Set<string>();
    for (const weight of [0, 1, 25, 99, 100]) {
      await shop.succeed('weight', String(weight));
      const visits = await visit(shop.url, some);
      const canary = new Set(
        visits.filter((each) => discountLine(each).includes('undefined')).map((each) => each.user),
      );
      expect([...earlier].filter((user) => !canary.has(user))).toEqual([]);
      if (weight === 0) expect(canary.size).toBe(0);
      if (weight === 100) expect(canary.size).toBe(some.length);
      earlier = canary;
    }
    expect(await shop.stableContainers()).toEqual(untouched);
  });

  it('reverts: no user sees the change, and a commit reverts it', async () => {
    await shop.succeed('revert');

    const visits = await visit(shop.url, users);
    expect(visits.every((each) => discountLine(each).includes('BIGDOG'))).toBe(true);
    expect(await shop.git('log', '--format=%s', 'main..canary')).toBe(
      'Revert "Improve naming with coupon instead of code"\nImprove naming with coupon instead of code',
    );
    expect(await shop.git('diff', 'main', 'canary')).toBe('');
    expect((await shop.status()).release).toBeNull();
    expect((await shop.containers()).map((each) => each.service)).not.toContain('frontend-canary');
    expect(await shop.stableContainers()).toEqual(untouched);
  });

  it('promotes the good change under load without losing a request', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--apply', shop.goodPatch, '--weight', '10');
    const load = new Load(shop.url, 25).start();
    await shop.succeed('promote');
    await load.stop();

    expect(load.problems).toEqual([]);
    const visits = await visit(shop.url, userNames(50));
    expect(visits.every((each) => discountLine(each).includes('Big dogs'))).toBe(true);
    expect(await shop.git('rev-parse', 'main')).toBe(await shop.git('rev-parse', 'canary'));
    expect(await shop.git('status', '--porcelain')).toBe('');
    const shared = (list: ContainerFacts[]) =>
      list.filter((each) => ['db', 'advertisements'].includes(each.service));
    expect(shared(await shop.stableContainers())).toEqual(shared(untouched));
    expect((await shop.status()).release).toBeNull();
  });

  it('gives the port back, and the database has lost no row', async () => {
    await shop.succeed('down', '--yes');
    await shop.untilShopAnswers();
    expect(await shop.sql("SELECT count(*) FROM discount WHERE code = 'PROOF'")).toBe('1');
    expect((await shop.containers()).map((each) => each.service)).toEqual([
      'advertisements',
      'db',
      'discounts',
      'frontend',
    ]);
    expect(await shop.git('worktree', 'list')).not.toContain('\n');
    expect(await shop.git('status', '--porcelain', '--ignored')).toBe('!! .canary/\n!! .env');
  });
});
