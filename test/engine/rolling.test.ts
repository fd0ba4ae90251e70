import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replicaShop } from '../support/replica-shop.ts';
import { untilStep } from '../support/steps.ts';
import type { ContainerFacts, Storedog } from '../support/storedog.ts';
import { Load, userNames, visit } from '../support/visitors.ts';

/** A canary that grows container by container, and its users with it. */
describe('rolling', () => {
  let shop: Storedog;
  let untouched: ContainerFacts[];

  beforeAll(async () => {
    shop = await replicaShop();
    const compose = await shop.git('show', 'canary:docker-compose.yml');
    await shop.commitOn(
      'canary',
      'docker-compose.yml',
      `${compose.replace('replicas: 2', 'replicas: 3')}\n`,
    );
    untouched = await shop.stableContainers();
    await rolling('2s');
  });

  afterAll(() => shop?.dispose());

  const rolling = async (time: string) => {
    const yaml = (await shop.read('canary.yaml')).replace(/strategy: .*\n/, '');
    await shop.write('canary.yaml', `${yaml}strategy: { rolling: { for: ${time} } }\n`);
  };
  const clones = async () =>
    (await shop.containers()).filter(({ service }) => service === 'frontend-canary');
  const onCanary = async (users: readonly string[]) =>
    (await visit(shop.url, users))
      .filter(({ page }) => page.startsWith('canary'))
      .map(({ user }) => user);
  const steps = (stdout: unknown) =>
    String(stdout)
      .split('\n')
      .map((line) => JSON.parse(line));

  it('is shown by the plan', async () => {
    const { stdout } = await shop.succeed('plan', '--branch', 'canary');
    expect(stdout).toContain('start the canary of frontend (1), inner (1) at ');
    expect(stdout).toContain('send 33.33 % of users to the canary');
    expect(stdout).toContain('step 2 of 3: 66.67 % of users for 2s, with 2 containers');
    expect(stdout).toContain('step 3 of 3: 100 % of users for 2s, with 3 containers');
  });

  it('adds a container a step, keeps the earlier ones, and loses no request', async () => {
    const load = new Load(shop.url, 50).start();
    const child = shop.start('deploy', '--branch', 'canary', '--json');
    let isOver = false;
    void child.then(() => {
      isOver = true;
    });
    const users = userNames(100);
    let earlier: string[] = [];
    let first: ContainerFacts | undefined;
    while (!isOver) {
      first ??= (await clones())[0];
      const now = await onCanary(users);
      expect(now).toEqual(expect.arrayContaining(earlier));
      earlier = now;
    }
    const { exitCode, stdout } = await child;
    await load.stop();
    expect(exitCode).toBe(0);
    const facts = steps(stdout);
    const weights = facts.filter(({ type }) => type === 'weight-set');
    expect(weights.map(({ weight }) => weight)).toEqual([33.33, 66.67, 100]);
    const grown = facts.filter(
      ({ type, operation }) => type === 'operation-finished' && operation.kind.endsWith('-canary'),
    );
    expect(grown.map(({ operation }) => operation.counts)).toEqual([
      { frontend: 1, inner: 1 },
      { frontend: 2, inner: 2 },
      { frontend: 3 },
    ]);
    expect(load.problems).toEqual([]);
    expect(await clones()).toHaveLength(3);
    expect(await clones()).toContainEqual(first);
    expect(await shop.stableContainers()).toEqual(untouched);
  });

  it('is promoted with all its containers', async () => {
    const load = new Load(shop.url, 50).start();
    await shop.succeed('promote');
    await load.stop();
    expect(load.problems).toEqual([]);
    const pages = (await visit(shop.url, userNames(60))).map(({ page }) => page);
    expect(new Set(pages).size).toBe(3);
  });

  it('stopped on its way it is not promoted; it goes on, or a weight by hand brings the rest', async () => {
    await rolling('1m');
    await shop.commitOn('canary', 'README.md', 'Another try.\n');
    const child = shop.start('deploy', '--branch', 'canary');
    await untilStep(shop, 1);
    expect(await clones()).toHaveLength(1);
    await shop.succeed('pause');
    expect((await child).exitCode).toBe(1);
    const { exitCode, stderr } = await shop.canary('promote');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The canary has not all its containers yet (step 1 of 3)');
    expect(await clones()).toHaveLength(1);

    await shop.succeed('weight', '20');
    expect(await clones()).toHaveLength(3);
    expect((await shop.status()).release).toMatchObject({
      ...{ state: 'paused', reason: 'at 20 %, set by hand', weight: { set: 20 } },
    });
    await shop.succeed('abort');
  });

  it('`deploy` of the same commit goes on from what is there', async () => {
    await rolling('1s');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '5');
    expect(await clones()).toHaveLength(3);
    const before = await clones();
    await shop.succeed('deploy', '--branch', 'canary');
    expect(await clones()).toEqual(before);
    expect((await shop.status()).release.weight.set).toBe(100);
  });
});
