import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventsIn, type JudgedShop, judgedShop } from '../support/judged-shop.ts';
import { untilStep } from '../support/steps.ts';
import type { ContainerFacts, Storedog } from '../support/storedog.ts';
import { killCanary, letCanaryFail } from '../support/traffic-shop.ts';
import { UserTraffic } from '../support/user-traffic.ts';

/** What happens to a canary automatically, judged by what its users meet. */
describe('the judge', () => {
  let shop: Storedog;
  let configure: JudgedShop['configure'];
  let untouched: ContainerFacts[];
  const traffic: UserTraffic[] = [];

  beforeAll(async () => {
    ({ shop, configure } = await judgedShop());
    untouched = await shop.stableContainers();
  });

  afterAll(() => shop.dispose());

  const use = (method: 'GET' | 'POST', perSecond: number) => {
    const users = new UserTraffic(shop.url, { perSecond, method }).start();
    traffic.push(users);
    return users;
  };

  afterEach(async () => {
    await Promise.all(traffic.splice(0).map((each) => each.stop()));
    await shop.succeed('abort');
  });

  it('rolls back a canary that fails a tenth of its POSTs, before it hurts many users', async () => {
    await configure('steps: [{ weight: 10, for: 5m }, { weight: 50, for: 5m }]');
    const [writers, readers] = [use('POST', 100), use('GET', 25)];
    const child = shop.start('deploy', '--branch', 'canary', '--json');
    await untilStep(shop, 1);
    await letCanaryFail(shop, 0.1);
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(3);
    expect((await writers.stop()).hurt.size).toBeLessThanOrEqual(20);
    // The stable answered them instead.
    expect((await readers.stop()).hurt.size).toBe(0);
    const events = eventsIn(stdout);
    const error = events.at(-1).error;
    expect(error).toMatchObject({ code: 'judged-bad' });
    expect(error.message).toMatch(
      /^\d+ of \d+ requests on the canary failed, and 0 of \d+ on the stable\.$/,
    );
    const verdict = events.find(({ type }) => type === 'verdict-given').verdict;
    expect(verdict).toEqual({ result: 'fail', reasons: [`requests: ${error.message}`] });
    // The reason is in the history and in the revert commit, and the canary is gone.
    const [newest] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    expect(newest).toMatchObject({ state: 'reverted', verdict });
    const message = await shop.git('log', '-1', '--format=%B', 'canary');
    expect(message).toContain('Revert "Change store-frontend/server.js"');
    expect(message).toContain(error.message);
    expect((await shop.containers()).some(({ service }) => service === 'frontend-canary')).toBe(
      false,
    );
    expect(await shop.stableContainers()).toEqual(untouched);
    await shop.git('branch', '--force', 'canary', 'canary~1');
  });

  it('rolls back a canary at once if its container is killed', async () => {
    await configure('steps: [{ weight: 5, for: 5m }]');
    const child = shop.start('deploy', '--branch', 'canary');
    await untilStep(shop, 1);
    await killCanary(shop);
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(3);
    expect(String(stderr)).toContain('stopped with exit code 137');
  });

  it('ends inconclusive, and promotes nothing, if there are too few users', async () => {
    await configure('steps: [{ weight: 5, for: 1s }]', 'progressDeadline: 2s');
    const { exitCode, stdout } = await shop.canary('deploy', '--branch', 'canary', '--json');
    expect(exitCode).toBe(4);
    expect(eventsIn(stdout).at(-1)).toMatchObject({
      state: 'inconclusive',
      reason: 'step 1 of 1 at 5 % could not be judged: Too few requests to tell: 0 on the canary.',
    });
    expect((await shop.status()).release).toMatchObject({
      state: 'inconclusive',
      weight: { set: 5 },
      verdict: {
        result: 'inconclusive',
        reasons: ['requests: Too few requests to tell: 0 on the canary.'],
      },
    });
  });

  it('promotes a canary that passes every step', async () => {
    await configure('steps: [{ weight: 50, for: 2s }, { weight: 100, for: 2s }]');
    const users = use('POST', 80);
    // A process of its own: in one with the users it would wait for them.
    const { exitCode, stdout } = await shop.start('deploy', '--branch', 'canary', '--json');
    expect(exitCode).toBe(0);
    expect((await users.stop()).hurt.size).toBe(0);
    const events = eventsIn(stdout);
    expect(events.at(-1)).toMatchObject({ state: 'promoted', branch: 'canary' });
    const verdicts = events.filter(({ type }) => type === 'verdict-given');
    expect(verdicts.map(({ verdict }) => verdict.result)).toEqual(['pass', 'pass']);
    expect(await shop.git('rev-parse', 'main')).toBe(await shop.git('rev-parse', 'canary'));
  });
});
