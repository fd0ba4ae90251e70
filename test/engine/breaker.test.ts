import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storedog, until } from '../support/storedog.ts';
import { askAnew, letCanaryFail, trafficShop } from '../support/traffic-shop.ts';
import { Load, userNames, visit } from '../support/visitors.ts';

const FORCED = { 'X-Canary': 'canary' };
const OUT =
  'the breaker took the canary out after 5 failures in a row; `canary resume` gives it its users back';

/** A canary that breaks while nobody but HAProxy looks. */
describe('the breaker', () => {
  let shop: Storedog;
  let original: string;

  beforeAll(async () => {
    shop = await trafficShop();
    original = await shop.read('canary.yaml');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
  });

  afterAll(() => shop.dispose());

  const withOverride = (...args: string[]) =>
    shop.compose('-f', 'docker-compose.yml', '-f', '.canary/override.yml', ...args);
  const trip = async () => {
    await letCanaryFail(shop, 1);
    await visit(shop.url, userNames(100));
    expect((await shop.status()).release.reason).toBe(OUT);
    await letCanaryFail(shop, 0);
  };

  it('takes the canary out after a burst of failures, and few users meet one', async () => {
    const load = new Load(shop.url).start();
    await until(
      'the canary has users',
      async () => (await shop.status()).release.requests.canary > 50,
    );
    await letCanaryFail(shop, 1);
    await until('it is out', async () => (await shop.status()).release.reason === OUT);
    const { sent, problems } = load;
    const met = problems.length;
    await until('more users come', async () => load.sent > sent + 400);
    await load.stop();

    // Five in a row, and those that were on their way; every GET among them was shielded.
    expect(met).toBeLessThan(20);
    expect(problems.length).toBe(met);
    expect(problems.filter((problem) => problem.startsWith('GET'))).toEqual([]);
    const { release } = await shop.status();
    expect(release.state).toBe('paused');
    expect(release.weight.set).toBe(50);
  });

  it('does not count failures on other paths than the chosen ones', async () => {
    await shop.succeed('resume');
    await shop.write('canary.yaml', `${original}breaker: { paths: [/slow] }\n`);
    await shop.succeed('up');
    await letCanaryFail(shop, 1);
    for (let request = 0; request < 10; request += 1)
      await askAnew(shop.url, { 'X-Canary': 'canary' }, 'POST');
    expect((await shop.status()).release.reason).not.toBe(OUT);
    await shop.write('canary.yaml', original);
    await shop.succeed('up');
  });

  it('takes it out after as many failures that come slowly', async () => {
    for (let request = 0; request < 5; request += 1)
      await askAnew(`${shop.url}slow`, { 'X-Canary': 'canary' }, 'POST');
    expect((await shop.status()).release.reason).toBe(OUT);
  });

  it('keeps it out when it is well again, also for a new configuration of the proxy', async () => {
    await letCanaryFail(shop, 0);
    await shop.write('canary.yaml', `${original}drain: 5s\nforce: { header: X-Side }\n`);
    await shop.succeed('up');
    expect(await askAnew(shop.url, { 'X-Side': 'canary' })).toBe('stable');
    expect(await askAnew(shop.previewUrl, {})).toBe('canary');
    expect((await shop.status()).release.reason).toBe(OUT);
    await shop.write('canary.yaml', original);
    await shop.succeed('up');
  });

  it('refuses to give such a canary users or to promote it', async () => {
    const main = await shop.git('rev-parse', 'main');
    for (const args of [['weight', '80'], ['promote']]) {
      const { exitCode, stderr } = await shop.canary(...args);
      expect(exitCode).toBeGreaterThan(0);
      expect(stderr).toContain('The breaker took the canary of frontend out.');
      expect(stderr).toContain('canary resume');
    }
    expect(await shop.git('rev-parse', 'main')).toBe(main);
    expect((await shop.status()).release.weight.set).toBe(50);
  });

  it('gives it its users back by `resume`', async () => {
    expect(JSON.parse((await shop.succeed('resume', '--json')).stdout)).toMatchObject({
      weight: 50,
      changed: true,
    });
    expect(await askAnew(shop.url, FORCED)).toBe('canary');
    expect((await shop.status()).release.reason).toBe('at 50 %, resumed by hand');
    expect(JSON.parse((await shop.succeed('resume', '--json')).stdout).changed).toBe(false);
  });

  it('keeps it out when its container restarts, and trusts a new canary', async () => {
    await trip();
    await withOverride('restart', 'frontend-canary');
    await until('it answers', async () => (await askAnew(shop.previewUrl, {})) === 'canary');
    expect(await askAnew(shop.url, FORCED)).toBe('stable');

    await shop.commitOn('canary', 'README.md', 'Another try.\n');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
    expect(await askAnew(shop.url, FORCED)).toBe('canary');
    expect((await shop.status()).release.reason).toContain('at 10 %');
  });

  it('lets a person pause it, and remembers how many users it had', async () => {
    await shop.succeed('pause');
    let { release } = await shop.status();
    expect(release.weight.set).toBe(0);
    expect(release).toMatchObject({ state: 'paused', reason: 'by hand, at 10 % before' });
    expect(JSON.parse((await shop.succeed('pause', '--json')).stdout).changed).toBe(false);

    await shop.succeed('resume');
    ({ release } = await shop.status());
    expect(release.weight.set).toBe(10);
  });
});
