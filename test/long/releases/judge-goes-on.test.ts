import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventsIn, type JudgedShop, judgedShop } from '../../support/judged-shop.ts';
import { untilStep } from '../../support/steps.ts';
import { type Storedog, until } from '../../support/storedog.ts';
import { letCanaryFail, Stream } from '../../support/traffic-shop.ts';
import { UserTraffic } from '../../support/user-traffic.ts';
import { userNames, visit } from '../../support/visitors.ts';

/** Failures that no user meets, and a judgement that another command goes on with, or that ends with a person. */
describe('the judge', () => {
  let shop: Storedog;
  let configure: JudgedShop['configure'];
  let traffic: UserTraffic | undefined;

  beforeAll(async () => {
    ({ shop, configure } = await judgedShop());
  });

  afterAll(() => shop.dispose());

  afterEach(async () => {
    await traffic?.stop();
    await shop.succeed('abort');
  });

  it('hurts no user with a canary whose GETs fail', async () => {
    await configure('steps: [{ weight: 20, for: 5m }]');
    traffic = new UserTraffic(shop.url, { perSecond: 100, method: 'GET' }).start();
    const child = shop.start('deploy', '--branch', 'canary');
    await untilStep(shop, 1);
    await letCanaryFail(shop, 0.2);
    const { exitCode } = await child;
    const seen = await traffic.stop();
    expect(exitCode).toBe(3);
    expect(seen.hurt.size).toBe(0);
    await shop.git('branch', '--force', 'canary', 'canary~1');
  });

  it('continues in `wait` after a detached deploy, and replays what was recorded', async () => {
    await configure('steps: [{ weight: 20, for: 5m }]');
    traffic = new UserTraffic(shop.url, { perSecond: 100, method: 'POST' }).start();
    const started = JSON.parse(
      (await shop.succeed('deploy', '--branch', 'canary', '--detach', '--json')).stdout
        .split('\n')
        .at(-1) ?? '',
    );
    const early = await shop.canary('wait', '--for', 'promoted', '--timeout', '1ms', '--json');
    expect(early.exitCode).toBe(1);
    await letCanaryFail(shop, 0.3);
    const { exitCode, stdout } = await shop.canary('wait', '--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).error.code).toBe('judged-bad');
    const again = async (...args: string[]) => {
      const ended = await shop.canary('analyze', '--replay', started.release, '--json', ...args);
      return { exitCode: ended.exitCode, ...JSON.parse(ended.stdout) };
    };
    expect(await again()).toMatchObject({
      exitCode: 3,
      release: started.release,
      recorded: { result: 'fail' },
      steps: [{ weight: 20, result: 'fail' }],
    });
    expect(await again('--signal', 'refused')).toMatchObject({
      exitCode: 4,
      steps: [{ weight: 20, result: 'wait' }],
    });
    const ended = await shop.canary('wait', '--for', 'promoted', '--json');
    expect(ended.exitCode).toBe(3);
    await shop.git('branch', '--force', 'canary', 'canary~1');
  });

  it('does not run in `wait` once the breaker took the canary out', async () => {
    await configure(
      'steps: [{ weight: 20, for: 5m }]',
      'shield: false',
      'breaker: { failures: 2 }',
    );
    await shop.succeed('up');
    await shop.succeed('deploy', '--branch', 'canary', '--detach');
    await letCanaryFail(shop, 1);
    await until('the breaker trips', async () => {
      await visit(shop.url, userNames(20), 'POST');
      return (await shop.status()).release.reason.includes('the breaker took the canary out');
    });
    const { exitCode } = await shop.canary('wait', '--timeout', '20s');
    expect(exitCode).toBe(4);
    await letCanaryFail(shop, 0);
    expect((await shop.status()).release.reason).toContain('the breaker took the canary out');
  });

  it('completes in `wait` the rollback that a killed command began', async () => {
    await configure('steps: [{ weight: 20, for: 5m }]', 'drain: 30s');
    await shop.succeed('up');
    const open = await Stream.open(shop.port, 'X-User-Id: user-0');
    traffic = new UserTraffic(shop.url, { perSecond: 100, method: 'POST' }).start();
    const child = shop.start('deploy', '--branch', 'canary', '--json');
    await untilStep(shop, 1);
    await letCanaryFail(shop, 0.5);
    const path = () => join(shop.directory, '.canary/releases');
    await until('it was found bad', async () => {
      const names = (await readdir(path())).filter((name) => name.endsWith('.jsonl')).sort();
      return (await readFile(join(path(), names.at(-1) ?? ''), 'utf8')).includes('"result":"fail"');
    });
    child.kill('SIGKILL');
    await child;
    await traffic.stop();
    open.close();
    expect((await shop.status()).release?.weight.set ?? 0).toBe(0);
    const { exitCode } = await shop.canary('wait');
    expect(exitCode).toBe(3);
    expect((await shop.status()).release).toBeNull();
    const message = await shop.git('log', '-1', '--format=%B', 'canary');
    expect(message).toContain('Revert');
    await shop.git('branch', '--force', 'canary', 'canary~1');
  });

  it('keeps users on a canary whose promotion a hook stops, and runs the hooks', async () => {
    await configure(
      'steps: [{ weight: 50, for: 1s, gates: [{ run: [test, -e, open] }] }]',
      'hooks: { postStep: [{ run: [touch, stepped] }], prePromote: [{ run: ["false"] }], onRevert: [{ run: [touch, reverted] }] }',
    );
    traffic = new UserTraffic(shop.url, { perSecond: 200, method: 'POST' }).start();
    const child = shop.start('deploy', '--branch', 'canary', '--json');
    await untilStep(shop, 1);
    expect(await shop.exists('stepped')).toBe(false);
    await shop.write('open', '');
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(4);
    expect(await shop.exists('stepped')).toBe(true);
    expect(eventsIn(stdout).at(-1)).toMatchObject({
      state: 'inconclusive',
      weight: 50,
      reason: expect.stringContaining('The prePromote hook false ended with exit code 1'),
    });
    expect((await shop.status()).release.weight.set).toBe(50);
    await shop.succeed('abort');
    expect(await shop.exists('reverted')).toBe(true);
  });
});
