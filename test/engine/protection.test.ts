import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storedog, until } from '../support/storedog.ts';
import { askAnew, letCanaryFail, Stream, trafficShop } from '../support/traffic-shop.ts';
import { Load, userNames, type Visit, visit } from '../support/visitors.ts';

const FORCED = { 'X-Canary': 'canary' };
const OUT =
  'the breaker took the canary out after 5 failures in a row; `canary resume` gives it its users back';

/** A canary that fails or stops, and what its users see of it. */
describe('users of a canary', () => {
  let shop: Storedog;
  let original: string;

  beforeAll(async () => {
    // Without the breaker at first, so that the canary keeps failing.
    shop = await trafficShop(['breaker: false']);
    const settings = await shop.read('canary.yaml');
    original = settings.replace('breaker: false\n', '');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
  });

  afterAll(() => shop?.dispose());

  const configure = async (settings: string) => {
    await shop.write('canary.yaml', original + settings);
    await shop.succeed('up');
  };

  describe('the shield', () => {
    const failed = (visits: readonly Visit[]) => visits.filter(({ status }) => status === 500);
    /** The counts while the work is done. */
    const counting = async <T>(work: () => Promise<T>) => {
      const before = (await shop.status()).release;
      const result = await work();
      const { requests, failures } = (await shop.status()).release;
      return {
        result,
        stable: requests.stable - before.requests.stable,
        canary: requests.canary - before.requests.canary,
        stableFailures: failures.stable - before.failures.stable,
        canaryFailures: failures.canary - before.failures.canary,
        shielded: failures.shielded - before.failures.shielded,
      };
    };

    it('hides every failure of a canary that fails a tenth of its GETs, and counts them all', async () => {
      await letCanaryFail(shop, 0.1);
      const counted = await counting(() => visit(shop.url, userNames(1000)));
      expect(failed(counted.result)).toEqual([]);
      expect(counted.stable + counted.canary).toBe(1000);
      expect(counted.canary).toBeGreaterThan(400);
      expect(Math.abs(counted.shielded - counted.canary / 10)).toBeLessThanOrEqual(1);
      expect(counted.canaryFailures).toBe(0);
      expect(counted.stableFailures).toBe(0);
      const served = counted.result.filter(({ page }) => page === 'stable').length;
      expect(served).toBe(counted.stable + counted.shielded);
    });

    it('hides connections that the canary closes early, and counts each once', async () => {
      await letCanaryFail(shop, 0.1, 'cut');
      const counted = await counting(() => visit(shop.url, userNames(500)));
      expect(failed(counted.result)).toEqual([]);
      expect(Math.abs(counted.shielded - counted.canary / 10)).toBeLessThanOrEqual(1);
      expect(counted.canaryFailures).toBe(0);
    });

    it('never repeats a request that may have had an effect', async () => {
      await letCanaryFail(shop, 1);
      const counted = await counting(() => visit(shop.url, userNames(200), 'POST'));
      const pages = failed(counted.result).map(({ page }) => page);
      expect(new Set(pages)).toEqual(new Set(['canary']));
      expect(pages.length).toBe(counted.canary);
      expect(counted.canaryFailures).toBe(counted.canary);
      expect(counted.shielded).toBe(0);
    });

    it('keeps a failing canary from doubling the load of the stable', async () => {
      await letCanaryFail(shop, 1);
      const counted = await counting(() => visit(shop.url, userNames(1000)));
      // A fifth of all its requests so far, and those in flight at the same time.
      const { requests, failures } = (await shop.status()).release;
      expect(failures.shielded).toBeLessThan(requests.canary / 5 + 20);
      expect(counted.shielded).toBeGreaterThan(5);
      expect(failed(counted.result).length).toBe(counted.canaryFailures);
      expect(counted.canaryFailures).toBe(counted.canary - counted.shielded);
    });

    it('hides no failures of the canary if it is off', async () => {
      await configure('breaker: false\nshield: false\n');
      await letCanaryFail(shop, 0.1);
      const counted = await counting(() => visit(shop.url, userNames(1000)));
      expect(counted.shielded).toBe(0);
      expect(failed(counted.result).length).toBe(counted.canaryFailures);
      expect(Math.abs(counted.canaryFailures - counted.canary / 10)).toBeLessThanOrEqual(1);
    });
  });

  describe('the breaker', () => {
    beforeAll(async () => {
      await letCanaryFail(shop, 0);
      await configure('');
    });

    it('takes the canary out after a burst of failures, and few users meet one', async () => {
      const load = new Load(shop.url, 200, 12).start();
      await until('users have come', async () => load.sent > 100);
      await letCanaryFail(shop, 1);
      await until('it is out', async () => (await shop.status()).release.reason === OUT);
      const { sent, problems } = load;
      const met = problems.length;
      await until('more users come', async () => load.sent > sent + 200);
      await load.stop();

      // Five in a row, and those in flight; every GET among them was shielded.
      expect(met).toBeLessThanOrEqual(5 + 12);
      expect(problems.length).toBe(met);
      expect(problems.filter((problem) => problem.startsWith('GET'))).toEqual([]);
      const { release } = await shop.status();
      expect(release.state).toBe('paused');
      expect(release.weight.set).toBe(50);
    });

    it('keeps it out after it recovered, even across a new configuration of the proxy', async () => {
      await letCanaryFail(shop, 0);
      await configure('drain: 5s\nforce: { header: X-Side }\n');
      expect(await askAnew(shop.url, { 'X-Side': 'canary' })).toBe('stable');
      expect(await askAnew(shop.previewUrl, {})).toBe('canary');
      expect((await shop.status()).release.reason).toBe(OUT);
      await configure('');
    });

    it('rejects a weight for such a canary, and its promotion', async () => {
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

    it('gives its users back by `resume`', async () => {
      expect(JSON.parse((await shop.succeed('resume', '--json')).stdout)).toMatchObject({
        weight: 50,
        changed: true,
      });
      expect(await askAnew(shop.url, FORCED)).toBe('canary');
      expect((await shop.status()).release.reason).toBe('at 50 %, resumed by hand');
      expect(JSON.parse((await shop.succeed('resume', '--json')).stdout).changed).toBe(false);
    });

    it('lets a person pause the canary, and restores its weight on resume', async () => {
      await shop.succeed('pause');
      let { release } = await shop.status();
      expect(release.weight.set).toBe(0);
      expect(release).toMatchObject({ state: 'paused', reason: 'by hand, at 50 % before' });
      expect(JSON.parse((await shop.succeed('pause', '--json')).stdout).changed).toBe(false);

      await shop.succeed('resume');
      ({ release } = await shop.status());
      expect(release.weight.set).toBe(50);
    });
  });

  describe('a canary that is removed', () => {
    it('finishes its open requests first, and reports the long-lived connections that it cut', async () => {
      await shop.write('canary.yaml', `${original}drain: 4s\n`);
      const streams = [
        await Stream.open(shop.port, 'X-Canary: canary'),
        await Stream.open(shop.port, 'X-Canary: canary'),
      ];
      const events = await fetch(`${shop.url}events`, { headers: FORCED });
      const slow = fetch(`${shop.url}slow`, { headers: FORCED });
      const other = await Stream.open(shop.port, 'X-Canary: stable');
      const { stderr } = await shop.succeed('abort');

      expect(stderr).toContain(
        '0 requests and 3 long-lived connections (WebSockets, event streams) on the canary are still open after the drain time and will be closed.',
      );
      const answer = await slow;
      expect([answer.status, await answer.text()]).toEqual([200, 'canary']);
      for (const stream of streams) await expect(stream.send('anybody?')).rejects.toThrow();
      await expect(events.text()).rejects.toThrow();
      expect(await other.send('here')).toBe('here');
      other.close();
    });
  });
});
