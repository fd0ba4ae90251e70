import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { untilStep } from '../support/steps.ts';
import { type ContainerFacts, type Storedog, until } from '../support/storedog.ts';
import { letCanaryFail, trafficShop } from '../support/traffic-shop.ts';
import { Load, userNames, visit } from '../support/visitors.ts';

/** What `deploy` does by itself with the users, and how a person steps in. */
describe('strategies', () => {
  let shop: Storedog;
  let original: string;
  let untouched: ContainerFacts[];
  let load: Load;

  beforeAll(async () => {
    shop = await trafficShop();
    original = await shop.read('canary.yaml');
    untouched = await shop.stableContainers();
  });

  afterAll(() => shop.dispose());

  beforeEach(() => {
    load = new Load(shop.url, 50);
  });

  afterEach(async () => {
    await load.stop();
    await shop.succeed('abort');
    expect(await shop.stableContainers()).toEqual(untouched);
  });

  const configure = (...settings: string[]) =>
    shop.write('canary.yaml', `${original}${settings.join('\n')}\n`);
  const start = () => shop.start('deploy', '--branch', 'canary');
  const release = async () => (await shop.status()).release;
  /** The weights of a run with --json, in the order they were set. */
  const weightsIn = (stdout: unknown) =>
    String(stdout)
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'weight-set')
      .map(({ weight }) => weight);
  const onCanary = async (users: readonly string[]) =>
    (await visit(shop.url, users)).filter(({ page }) => page === 'canary').map(({ user }) => user);

  describe('canary', () => {
    it('goes through its steps; nobody changes back, and no request is lost', async () => {
      await configure(
        'steps: [{ weight: 10, for: 1s }, { weight: 40, for: 1s }, { weight: 100, for: 1s }]',
      );
      load = new Load(shop.url, 50).start();
      const child = shop.start('deploy', '--branch', 'canary', '--json');
      let isOver = false;
      void child.then(() => {
        isOver = true;
      });
      const users = userNames(200);
      let earlier: string[] = [];
      while (!isOver) {
        const now = await onCanary(users);
        expect(now).toEqual(expect.arrayContaining(earlier));
        earlier = now;
      }
      await load.stop();
      const { exitCode, stdout } = await child;
      expect(exitCode).toBe(0);
      expect(weightsIn(stdout)).toEqual([10, 40, 100]);
      expect(load.problems).toEqual([]);
      expect(await onCanary(users)).toHaveLength(200);
      expect(await release()).toMatchObject({
        ...{ state: 'paused', step: 3, steps: 3 },
        reason: 'at 100 %, every step done; promote or revert',
      });
    });

    it('can be paused while it waits, and goes on with `resume`; at a pause a person goes on', async () => {
      await configure(
        'steps: [{ weight: 10, for: 6s }, { weight: 40 }, { pause: true }, { weight: 70, for: 1s }]',
      );
      const child = start();
      await untilStep(shop, 1);
      // Whatever canary.yaml says by now: users are taken off all the same.
      const steps = await shop.read('canary.yaml');
      await shop.write('canary.yaml', `${steps}drain: 7s\nforce: { header: X-Other }\n`);
      await shop.succeed('pause');
      await shop.write('canary.yaml', steps);
      const { exitCode, stderr } = await child;
      expect(exitCode).toBe(1);
      expect(String(stderr)).toContain('Stopped by `canary pause`.');
      expect(await release()).toMatchObject({
        ...{ state: 'paused', reason: 'by hand, at 10 % before', step: 1, steps: 4 },
        weight: { set: 0 },
      });

      await shop.succeed('resume');
      const waiting = 'step 3 of 4 waits for a person at 40 %; `canary resume` goes on';
      expect(await release()).toMatchObject({ state: 'paused', reason: waiting, step: 3 });
      expect(await onCanary(userNames(200))).not.toHaveLength(0);

      // What was taken away comes back first; the step after that is another `resume`.
      await shop.succeed('pause');
      await shop.succeed('resume');
      expect((await release()).weight.set).toBe(40);
      await shop.succeed('resume');
      expect(await release()).toMatchObject({ state: 'paused', step: 4, weight: { set: 70 } });
      const nothing = JSON.parse((await shop.succeed('resume', '--json')).stdout);
      expect(nothing).toMatchObject({ changed: false, weight: 70 });
    });

    it('killed while it waits: users stay, `status` tells, `resume` goes on', async () => {
      await configure('steps: [{ weight: 10, for: 3s }, { weight: 40, for: 1s }]');
      const child = start();
      await untilStep(shop, 1);
      child.kill('SIGKILL');
      await child;
      expect(await shop.status()).toMatchObject({
        lock: null,
        release: {
          ...{ state: 'paused', step: 1, weight: { set: 10 } },
          reason: 'interrupted in step 1 of 2; its weight stays, `canary resume` goes on',
        },
      });
      await shop.succeed('resume');
      expect((await release()).weight.set).toBe(40);
    });

    it('with `--detach` is left at the first step, and goes on with `resume`', async () => {
      await configure('steps: [{ weight: 30, for: 1s }, { weight: 60, for: 1s }]');
      const deployed = await shop.succeed('deploy', '--branch', 'canary', '--detach', '--json');
      expect(weightsIn(deployed.stdout.trim())).toEqual([30]);
      const { state, reason } = await release();
      expect([state, reason]).toEqual([
        'paused',
        'step 1 of 2 is in force, at 30 %; `canary resume` goes on',
      ]);
      const resumed = await shop.succeed('resume', '--json');
      expect(JSON.parse(resumed.stdout)).toMatchObject({ changed: true, weight: 60, steps: 2 });
    });

    it('interrupted while it waits: users off, `resume` goes on with the step', async () => {
      await configure('steps: [{ weight: 10, for: 3s }, { weight: 40, for: 1s }]');
      const child = start();
      await untilStep(shop, 1);
      child.kill('SIGINT');
      expect((await child).exitCode).toBe(130);
      expect(await release()).toMatchObject({
        ...{ state: 'paused', weight: { set: 0 } },
        reason: 'interrupted in step 1 of 2; no user is on the canary; `canary resume` goes on',
      });
      await shop.succeed('resume');
      expect((await release()).weight.set).toBe(40);
    });

    it('a weight set by hand takes over from the steps, without moving anybody twice', async () => {
      await configure('steps: [{ weight: 10, for: 1m }, { weight: 40, for: 1s }]');
      const child = start();
      await untilStep(shop, 1);
      const users = userNames(200);
      const earlier = await onCanary(users);
      await shop.succeed('weight', '30');
      expect((await child).exitCode).toBe(1);
      expect(await onCanary(users)).toEqual(expect.arrayContaining(earlier));
      const { release: told } = await shop.status();
      expect(told).toMatchObject({ state: 'paused', reason: 'at 30 %, set by hand', steps: 1 });
      const journal = await shop.read(`.canary/releases/${told.id}.jsonl`);
      const weights = [...journal.matchAll(/"type":"weight-set","weight":(\d+)/g)];
      expect(weights.map(([, weight]) => weight)).toEqual(['10', '30']);
      expect(JSON.parse((await shop.succeed('resume', '--json')).stdout).changed).toBe(false);
    });

    it('`abort` ends it while it waits', async () => {
      await configure('steps: [{ weight: 10, for: 1m }]');
      const child = start();
      await untilStep(shop, 1);
      await shop.succeed('abort');
      expect((await child).exitCode).toBe(1);
      expect(await release()).toBeNull();
    });

    it('a breaker that trips takes everybody off and ends in 4', async () => {
      await configure('steps: [{ weight: 50, for: 1m }, { weight: 60, for: 1s }]');
      const child = start();
      await untilStep(shop, 1);
      await letCanaryFail(shop, 1);
      await visit(shop.url, userNames(100));
      const { exitCode, stderr } = await child;
      expect(exitCode).toBe(4);
      expect(String(stderr)).toContain('The breaker took the canary of frontend out.');
      const { state, reason, weight } = await release();
      expect(state).toBe('paused');
      expect(reason).toContain('the breaker took the canary out');
      expect(weight.set).toBe(0);
    });

    it('a canary whose container dies loses its users at once', async () => {
      await configure('steps: [{ weight: 50, for: 1m }, { weight: 60, for: 1s }]');
      const child = start();
      await untilStep(shop, 1);
      const clone = (await shop.containers()).find(({ service }) => service === 'frontend-canary');
      await execa('docker', ['kill', clone?.id ?? '']);
      const began = Date.now();
      const { exitCode, stderr } = await child;
      expect(Date.now() - began).toBeLessThan(5000);
      expect(exitCode).toBe(1);
      expect(String(stderr)).toContain('frontend-canary-1 stopped with exit code 137.');
      expect(await release()).toMatchObject({ state: 'failed', weight: { set: 0 } });
    });
  });

  it('blue-green moves everybody at once, there and back', async () => {
    await configure('strategy: blue-green');
    const refused = await shop.canary('deploy', '--branch', 'canary', '--weight', '5');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('Blue-green knows the weights 0 and 100 alone.');
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
      await configure('strategy: { ab: { weight: 40, for: 6s } }');
      const child = shop.start('deploy', '--branch', 'canary', '--json');
      await untilStep(shop, 1);
      await letCanaryFail(shop, 0.1);
      await visit(shop.url, userNames(400), 'POST');
      const { exitCode, stdout } = await child;
      expect(exitCode).toBe(0);
      expect(await release()).toBeNull();
      expect((await shop.containers()).some(({ service }) => service === 'frontend-canary')).toBe(
        false,
      );

      const { comparison, ...result } = JSON.parse(String(stdout).split('\n').at(-1) ?? '');
      expect(result).toMatchObject({ type: 'result', state: 'reverted', weight: 0 });
      expect(comparison.stable.requests + comparison.canary.requests).toBe(400);
      expect(comparison.canary.share).toBeGreaterThan(30);
      expect(comparison.canary.share).toBeLessThan(50);
      expect(comparison.canary.failureRate).toBeGreaterThan(8);
      expect(comparison.canary.failureRate).toBeLessThan(12);
      expect(comparison.stable).toMatchObject({ failures: 0, failureRate: 0 });
      expect(comparison.stable.responseTime).toBeGreaterThanOrEqual(0);
      const told = JSON.parse((await shop.succeed('history', '--json', '-n', '1')).stdout);
      expect(told.releases[0].comparison).toEqual(comparison);
      expect((await shop.succeed('history', '-n', '1')).stdout).toContain('the stable 0 % of its');
    });

    it('is not promoted, and ended by hand with the comparison', async () => {
      await configure('strategy: { ab: { weight: 40, for: 1h } }');
      const child = start();
      await untilStep(shop, 1);
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

    it('whose process died is over in time all the same; `status` says so, `resume` ends it', async () => {
      await configure('strategy: { ab: { weight: 40, for: 2s } }');
      const child = start();
      await untilStep(shop, 1);
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
