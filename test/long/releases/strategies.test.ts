import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { journalRecords } from '../../support/journals.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import { startUntilStep } from '../../support/steps.ts';
import { type ContainerFacts, type Storedog, until } from '../../support/storedog.ts';
import { killCanary, letCanaryFail, trafficShop } from '../../support/traffic-shop.ts';
import { Load, userNames, visit } from '../../support/visitors.ts';

/** What `deploy` does with the users automatically, and how a person intervenes. */
describe('strategies', () => {
  let shop: Storedog;
  let original: string;
  let untouched: ContainerFacts[];
  let load: Load;
  let running: ReturnType<Storedog['start']> | undefined;

  beforeAll(async () => {
    shop = await trafficShop();
    original = await shop.read('canary.yaml');
    untouched = await shop.stableContainers();
  });

  afterAll(() => shop?.dispose());

  beforeEach(() => {
    load = new Load(shop.url, 50);
  });

  // A canary that runs stays: the next test deploys the same commit, which only begins its steps.
  afterEach(async () => {
    await load.stop();
    running?.kill('SIGKILL');
    await running;
    running = undefined;
    expect(await shop.stableContainers()).toEqual(untouched);
  });

  const configure = (...settings: string[]) =>
    shop.write('canary.yaml', `${original}${settings.join('\n')}\n`);
  const DEPLOY = ['deploy', '--branch', 'canary'];
  /** A command that waits in the first step of the release. */
  const waiting = async (...args: string[]) => {
    const { child } = await startUntilStep(shop, 1, ...args);
    running = child;
    // In an object, because awaiting a process would wait for its end.
    return { child };
  };
  const release = async () => (await shop.status()).release;
  /** The weights of a run with --json, in the order they were set. */
  const weightsIn = (stdout: unknown) =>
    String(stdout)
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'weight-set')
      .map(({ weight }) => weight);
  const onCanary = async (users: readonly string[]) =>
    (await visit(shop.url, users))
      .filter(({ page }) => page === 'canary')
      .map(({ user }) => user)
      .sort();

  describe('canary', () => {
    it('takes its steps; no user changes back, and no request is lost', async () => {
      await configure(
        'steps: [{ weight: 10, for: 1s }, { weight: 40, for: 1s }, { weight: 100, for: 1s }]',
      );
      load = new Load(shop.url, 50).start();
      running = shop.start(...DEPLOY, '--json');
      const users = userNames(100);
      let earlier: string[] = [];
      const { exitCode, stdout } = await meanwhile(running, async () => {
        const now = await onCanary(users);
        expect(now).toEqual(expect.arrayContaining(earlier));
        earlier = now;
      });
      await load.stop();
      expect(exitCode).toBe(0);
      expect(weightsIn(stdout)).toEqual([10, 40, 100]);
      expect(load.problems).toEqual([]);
      expect(await onCanary(users)).toHaveLength(100);
      expect(await release()).toMatchObject({
        state: 'holding',
        step: 3,
        steps: 3,
        reason: 'at 100 %, every step is done; promote or revert',
      });
    });

    it('can be paused during a step, and continues with `resume`; a weight set by hand takes over', async () => {
      await configure('steps: [{ weight: 10, for: 1h }, { weight: 40, for: 1s }]');
      const { child: deploy } = await waiting(...DEPLOY);
      const users = userNames(200);
      const earlier = await onCanary(users);
      // Whatever canary.yaml contains now, users are taken off.
      const steps = await shop.read('canary.yaml');
      await shop.write('canary.yaml', `${steps}drain: 7s\nforce: { header: X-Other }\n`);
      await shop.succeed('pause');
      await shop.write('canary.yaml', steps);
      const { exitCode, stderr } = await deploy;
      expect(exitCode).toBe(1);
      expect(String(stderr)).toContain('Stopped by `canary pause`.');
      expect(await release()).toMatchObject({
        state: 'paused',
        reason: 'by hand, at 10 % before',
        step: 1,
        steps: 2,
        weight: { set: 0 },
      });

      const { child: resumed } = await waiting('resume');
      expect(await release()).toMatchObject({ state: 'advancing', step: 1, weight: { set: 10 } });
      expect(await onCanary(users)).toEqual(earlier);

      // Without moving any user twice.
      const before = (await journalRecords(shop)).length;
      await shop.succeed('weight', '30');
      expect((await resumed).exitCode).toBe(1);
      expect(await onCanary(users)).toEqual(expect.arrayContaining(earlier));
      const told = await release();
      expect(told).toMatchObject({ state: 'holding', reason: 'at 30 %, set by hand', steps: 1 });
      const moves = (await journalRecords(shop)).slice(before);
      const weights = moves.filter(({ type }) => type === 'weight-set');
      expect(weights.map(({ weight }) => weight)).toEqual([30]);
      expect(JSON.parse((await shop.succeed('resume', '--json')).stdout).changed).toBe(false);
    });

    it('waits at a pause for a person', async () => {
      await configure('steps: [{ weight: 40 }, { pause: true }, { weight: 70, for: 1s }]');
      await shop.succeed(...DEPLOY);
      const reason = 'step 2 of 3 waits for a person at 40 %; `canary resume` goes on';
      expect(await release()).toMatchObject({ state: 'holding', reason, step: 2 });
      expect(await onCanary(userNames(200))).not.toHaveLength(0);

      // The weight is restored first; the step after that needs another `resume`.
      await shop.succeed('pause');
      await shop.succeed('resume');
      expect((await release()).weight.set).toBe(40);
      await shop.succeed('resume');
      expect(await release()).toMatchObject({ state: 'holding', step: 3, weight: { set: 70 } });
      const nothing = JSON.parse((await shop.succeed('resume', '--json')).stdout);
      expect(nothing).toMatchObject({ changed: false, weight: 70 });
    });

    it('killed during a step keeps its users, is reported by `status` and continues with `resume`', async () => {
      await configure('steps: [{ weight: 10, for: 3s }, { weight: 40, for: 1s }]');
      const { child } = await waiting(...DEPLOY);
      child.kill('SIGKILL');
      await child;
      expect(await shop.status()).toMatchObject({
        lock: null,
        release: {
          state: 'holding',
          step: 1,
          weight: { set: 10 },
          reason: 'interrupted in step 1 of 2; its weight stays, `canary resume` goes on',
        },
      });
      await shop.succeed('resume');
      expect((await release()).weight.set).toBe(40);
    });

    it('with `--detach` is left at the first step, and continues with `resume`', async () => {
      await configure('steps: [{ weight: 30, for: 1s }, { weight: 60, for: 1s }]');
      const deployed = await shop.succeed(...DEPLOY, '--detach', '--json');
      expect(weightsIn(deployed.stdout)).toEqual([30]);
      const { state, reason } = await release();
      expect([state, reason]).toEqual([
        'holding',
        'step 1 of 2 is in force, at 30 %; `canary resume` goes on',
      ]);
      const resumed = await shop.succeed('resume', '--json');
      expect(JSON.parse(resumed.stdout)).toMatchObject({ changed: true, weight: 60, steps: 2 });
    });

    it('interrupted during a step takes users off; `resume` continues the step, `abort` ends it', async () => {
      await configure('steps: [{ weight: 10, for: 1h }, { weight: 40, for: 1s }]');
      const { child: deploy } = await waiting(...DEPLOY);
      deploy.kill('SIGINT');
      expect((await deploy).exitCode).toBe(130);
      expect(await release()).toMatchObject({
        state: 'paused',
        weight: { set: 0 },
        reason: 'interrupted in step 1 of 2; no user is on the canary; `canary resume` goes on',
      });
      const { child: resumed } = await waiting('resume');
      expect((await release()).weight.set).toBe(10);
      const tip = await shop.git('rev-parse', 'canary');
      const { stderr } = await shop.succeed('abort');
      // No request is open, so there is nothing to wait for.
      expect(stderr).not.toContain('drain time');
      expect((await resumed).exitCode).toBe(1);
      expect(await release()).toBeNull();
      expect(await shop.git('rev-parse', 'canary')).toBe(tip);
      const services = (await shop.containers()).map(({ service }) => service);
      expect(services).toEqual(['canary-proxy', 'frontend']);
      const again = JSON.parse((await shop.succeed('abort', '--json')).stdout);
      expect(again).toEqual({ release: null, changed: false, databaseChanges: [] });
    });

    it('takes every user off and exits with 4 if the breaker trips', async () => {
      await configure('steps: [{ weight: 50, for: 1h }, { weight: 60, for: 1s }]');
      const { child } = await waiting(...DEPLOY);
      await letCanaryFail(shop, 1);
      await visit(shop.url, userNames(100));
      const { exitCode, stderr } = await child;
      expect(exitCode).toBe(4);
      expect(String(stderr)).toContain('The breaker took the canary of frontend out.');
      const { state, reason, weight } = await release();
      expect(state).toBe('paused');
      expect(reason).toContain('the breaker took the canary out');
      expect(weight.set).toBe(0);
      await letCanaryFail(shop, 0);
    });

    it('takes users off long before the end of its step if its container dies', async () => {
      await configure('steps: [{ weight: 50, for: 1h }, { weight: 60, for: 1s }]');
      const { child } = await waiting(...DEPLOY);
      await killCanary(shop);
      const { exitCode, stderr } = await child;
      expect(exitCode).toBe(1);
      expect(String(stderr)).toContain('frontend-canary-1 stopped with exit code 137.');
      expect(await release()).toMatchObject({ state: 'failed', weight: { set: 0 } });
    });
  });

  it('blue-green moves every user at once, both ways', async () => {
    await configure('strategy: blue-green');
    await shop.succeed('abort');
    const refused = await shop.canary('deploy', '--branch', 'canary', '--weight', '5');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('Blue-green allows only the weights 0 and 100.');
    expect(await release()).toBeNull();

    const { stdout } = await shop.succeed('deploy', '--branch', 'canary');
    expect(stdout).toContain(`the canary alone: http://localhost:${shop.preview}`);
    const users = userNames(100);
    load = new Load(shop.url, 50).start();
    expect(await onCanary(users)).toHaveLength(0);
    await shop.succeed('weight', '100');
    expect(await onCanary(users)).toHaveLength(100);
    expect((await shop.canary('weight', '50')).exitCode).toBe(2);
    await shop.succeed('weight', '0');
    expect(await onCanary(users)).toHaveLength(0);
    await load.stop();
    expect(load.problems).toEqual([]);
  });

  describe('ab', () => {
    it('splits for a time, promotes nothing, and ends with a comparison', async () => {
      await configure('strategy: { ab: { weight: 40, for: 4s } }');
      await shop.succeed('abort');
      const { child } = await waiting(...DEPLOY, '--json');
      await letCanaryFail(shop, 0.1);
      const pages: string[] = [];
      const { exitCode, stdout } = await meanwhile(child, async () => {
        const visits = await visit(shop.url, userNames(100), 'POST');
        pages.push(...visits.map(({ page }) => page));
      });
      expect(exitCode).toBe(0);
      expect(await release()).toBeNull();
      expect((await shop.containers()).some(({ service }) => service === 'frontend-canary')).toBe(
        false,
      );

      const { comparison, ...result } = JSON.parse(String(stdout).split('\n').at(-1) ?? '');
      expect(result).toMatchObject({ type: 'result', state: 'removed', weight: 0 });
      const { stable, canary } = comparison;
      const [met, others] = ['canary', 'stable'].map((side) =>
        pages.filter((page) => page === side),
      );
      expect(canary.requests).toBe(met?.length);
      expect(stable.requests).toBeGreaterThan(0);
      // Some requests came after the test had ended.
      expect(stable.requests).toBeLessThanOrEqual(others?.length ?? 0);
      const both = stable.requests + canary.requests;
      expect(canary.share).toBeCloseTo((100 * canary.requests) / both, 1);
      expect(Math.abs(canary.failures - canary.requests / 10)).toBeLessThanOrEqual(1);
      expect(canary.failureRate).toBeGreaterThan(0);
      expect(stable).toMatchObject({ failures: 0, failureRate: 0 });
      expect(stable.responseTime).toBeGreaterThanOrEqual(0);
      const told = JSON.parse((await shop.succeed('history', '--json', '-n', '1')).stdout);
      expect(told.releases[0].comparison).toEqual(comparison);
      expect((await shop.succeed('history', '-n', '1')).stdout).toContain('the stable 0 % of its');
    });

    it('is not promoted, and can be ended by hand with the comparison', async () => {
      await configure('strategy: { ab: { weight: 40, for: 1h } }');
      const { child } = await waiting(...DEPLOY);
      child.kill('SIGKILL');
      await child;
      await visit(shop.url, userNames(100));
      const main = await shop.git('rev-parse', 'main');
      const { exitCode, stderr } = await shop.canary('promote');
      expect(exitCode).toBe(2);
      expect(stderr).toContain('An A/B test is compared, not promoted.');
      expect(await shop.git('rev-parse', 'main')).toBe(main);
      expect((await shop.canary('weight', '50')).exitCode).toBe(2);
      expect((await shop.succeed('abort')).stderr).toMatch(/stable +\d+ +\d+/);
    });

    it('ends in time even if its process died; `status` reports it, `resume` removes it', async () => {
      await configure('strategy: { ab: { weight: 40, for: 2s } }');
      const { child } = await waiting(...DEPLOY);
      child.kill('SIGKILL');
      await child;
      await until('its time is over', async () =>
        (await release()).reason.startsWith('the time of the A/B test is over since'),
      );
      expect((await release()).weight.set).toBe(40);
      const { stdout } = await shop.succeed('resume');
      expect(stdout).toContain('the A/B test is over.');
      expect(await release()).toBeNull();
    });
  });
});
