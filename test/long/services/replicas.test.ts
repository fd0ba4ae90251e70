import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meanwhile } from '../../support/meanwhile.ts';
import { replicaServer, replicaShop } from '../../support/replica-shop.ts';
import { startUntilStep } from '../../support/steps.ts';
import { type ContainerFacts, type Storedog, until } from '../../support/storedog.ts';
import { askAnew } from '../../support/traffic-shop.ts';
import { Load, userNames, type Visit, visit } from '../../support/visitors.ts';

const FORCED = { 'X-Canary': 'canary' };

/** Services with several containers, on both sides of the proxy. */
describe('replicas', () => {
  let shop: Storedog;

  beforeAll(async () => {
    shop = await replicaShop();
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '20');
  });

  afterAll(() => shop?.dispose());

  const scale = (count: number) =>
    shop.canaryCompose(
      ...['up', '--detach', '--no-deps', '--no-recreate'],
      ...['--scale', `frontend=${count}`, 'frontend'],
    );
  const containersOf = async (service: string) =>
    (await shop.containers()).filter((each) => each.service === service).map((each) => each.id);
  /** How often each container answered, by its side and the start of its id. */
  const answers = (visits: readonly Visit[]) => {
    const counts = new Map<string, number>();
    for (const { page } of visits) counts.set(page, (counts.get(page) ?? 0) + 1);
    return counts;
  };
  const names = async (service: string, side: string) =>
    (await containersOf(service)).map((id) => `${side} ${id.slice(0, 12)}`).sort();
  /** Waits until exactly these containers answer users of the stable. */
  const untilStableIs = async (count: number) => {
    const expected = await names('frontend', 'stable');
    expect(expected).toHaveLength(count);
    await until(`${count} containers answer`, async () => {
      const seen = answers(await visit(shop.url, userNames(60)));
      const stable = [...seen.keys()].filter((page) => page.startsWith('stable')).sort();
      return stable.join() === expected.join();
    });
  };

  it('get their share of their side, and the weight stays the same', async () => {
    await scale(2);
    await untilStableIs(2);
    const seen = answers(await visit(shop.url, userNames(1000)));
    const canary = await names('frontend-canary', 'canary');
    const stable = await names('frontend', 'stable');
    expect([...seen.keys()].sort()).toEqual([...canary, ...stable]);
    const counts = (pages: readonly string[]) => pages.map((page) => seen.get(page) ?? 0);
    const users = counts(canary).reduce((sum, each) => sum + each, 0);
    expect(users).toBeGreaterThan(150);
    expect(users).toBeLessThan(250);
    expect(Math.min(...counts(canary))).toBeGreaterThan(users / 5);
    expect(Math.min(...counts(stable))).toBeGreaterThan((1000 - users) / 5);
  });

  it('are all in the status', async () => {
    const { stable, release } = await shop.status();
    const count = (services: { name: string; containers: unknown[] }[]) =>
      Object.fromEntries(services.map(({ name, containers }) => [name, containers.length]));
    expect(count(stable.services)).toEqual({ frontend: 2, inner: 2 });
    expect(count(release.services)).toEqual({ frontend: 2, inner: 2 });
  });

  it('of a cloned internal service are all reached by the clones that call it', async () => {
    const pages = await Promise.all(
      userNames(40).map(() => askAnew(`${shop.url}inner`, { ...FORCED })),
    );
    expect([...new Set(pages)].sort()).toEqual(await names('inner-canary', 'canary'));
    const others = await Promise.all(
      userNames(10).map(() => askAnew(`${shop.url}inner`, { 'X-Canary': 'stable' })),
    );
    expect(others.every((page) => page.startsWith('stable'))).toBe(true);
  });

  it('are started and stopped under load without a lost request', async () => {
    const load = new Load(shop.url, 100).start();
    for (const count of [4, 1, 2]) {
      await scale(count);
      await untilStableIs(count);
    }
    await load.stop();
    expect(load.problems).toEqual([]);
  });

  it('leave their users to the others of their side if one is killed', async () => {
    const [killed = '', other = ''] = await containersOf('frontend-canary');
    const load = new Load(shop.url, 50, 4).start();
    await execa('docker', ['kill', '--signal', 'KILL', killed]);
    await until('the others answer', async () => {
      const pages = await Promise.all(userNames(20).map(() => askAnew(shop.url, FORCED)));
      return pages.every((page) => page === `canary ${other.slice(0, 12)}`);
    });
    await load.stop();
    // At most four requests that the killed container had accepted can be lost; GETs among them are repeated.
    expect(load.problems.filter((each) => each.startsWith('GET'))).toEqual([]);
    expect(load.problems.length).toBeLessThanOrEqual(4);
    expect((await shop.status()).release.state).toBe('holding');
  });

  it('that are missing are started by a deploy of the same commit', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '20');
    const both = await names('frontend-canary', 'canary');
    expect(both).toHaveLength(2);
    // The slot of the killed one was checked before: it may count as ready until its next check.
    await until('both answer', async () => {
      const pages = await Promise.all(userNames(40).map(() => askAnew(shop.url, FORCED)));
      return [...new Set(pages)].sort().join() === both.join();
    });
  });

  it('lose no request when the canary is aborted', async () => {
    await shop.succeed('weight', '60');
    const load = new Load(shop.url).start();
    await shop.succeed('abort');
    await load.stop();
    expect(load.problems).toEqual([]);
    expect(await containersOf('frontend-canary')).toEqual([]);
  });

  it('lose no request when the canary becomes the stable', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '20');
    const load = new Load(shop.url).start();
    await shop.succeed('promote');
    await load.stop();
    expect(load.problems).toEqual([]);
    const seen = answers(await visit(shop.url, userNames(100)));
    expect([...seen.keys()].sort()).toEqual(await names('frontend', 'canary'));
    expect(seen.size).toBe(2);
  });

  /** A canary that grows container by container, together with its users. */
  describe('of a rolling canary', () => {
    let untouched: ContainerFacts[];

    beforeAll(async () => {
      const compose = await shop.git('show', 'canary:docker-compose.yml');
      const three = `${compose.replace('replicas: 2', 'replicas: 3')}\n`;
      await shop.commitOn('canary', 'docker-compose.yml', three);
      await shop.commitOn('canary', 'store-frontend/server.js', replicaServer('another'));
      untouched = await shop.stableContainers();
      await rolling('1s');
    });

    const rolling = async (time: string) => {
      const yaml = (await shop.read('canary.yaml')).replace(/strategy: .*\n/, '');
      await shop.write('canary.yaml', `${yaml}strategy: { rolling: { for: ${time} } }\n`);
    };
    const clones = async () =>
      (await shop.containers()).filter(({ service }) => service === 'frontend-canary');
    const onCanary = async (users: readonly string[]) =>
      (await visit(shop.url, users))
        .filter(({ page }) => page.startsWith('another'))
        .map(({ user }) => user);
    const steps = (stdout: unknown) =>
      String(stdout)
        .split('\n')
        .map((line) => JSON.parse(line));

    it('are shown by the plan', async () => {
      const { stdout } = await shop.succeed('plan', '--branch', 'canary');
      expect(stdout).toContain('start the canary of frontend (1), inner (1) at ');
      expect(stdout).toContain('send 33.33 % of users to the canary');
      expect(stdout).toContain('step 2 of 3: 66.67 % of users for 1s, with 2 containers');
      expect(stdout).toContain('step 3 of 3: 100 % of users for 1s, with 3 containers');
    });

    it('are added one per step, without recreating earlier ones or losing a request', async () => {
      const load = new Load(shop.url, 50).start();
      const users = userNames(60);
      let earlier: string[] = [];
      let first: ContainerFacts | undefined;
      const deploy = shop.start('deploy', '--branch', 'canary', '--json');
      const { exitCode, stdout } = await meanwhile(deploy, async () => {
        first ??= (await clones())[0];
        const now = await onCanary(users);
        expect(now).toEqual(expect.arrayContaining(earlier));
        earlier = now;
      });
      await load.stop();
      expect(exitCode).toBe(0);
      const facts = steps(stdout);
      const weights = facts.filter(({ type }) => type === 'weight-set');
      expect(weights.map(({ weight }) => weight)).toEqual([33.33, 66.67, 100]);
      const grown = facts.filter(
        ({ type, operation }) =>
          type === 'operation-finished' && operation.kind.endsWith('-canary'),
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

    it('are all promoted', async () => {
      const load = new Load(shop.url, 50).start();
      await shop.succeed('promote');
      await load.stop();
      expect(load.problems).toEqual([]);
      const pages = (await visit(shop.url, userNames(60))).map(({ page }) => page);
      expect(new Set(pages).size).toBe(3);
    });

    it('that are not all started block a promotion; a weight by hand starts the rest', async () => {
      await rolling('1h');
      await shop.commitOn('canary', 'store-frontend/server.js', replicaServer('a third'));
      const { child } = await startUntilStep(shop, 1, 'deploy', '--branch', 'canary');
      expect(await clones()).toHaveLength(1);
      await shop.succeed('pause');
      expect((await child).exitCode).toBe(1);
      const { exitCode, stderr } = await shop.canary('promote');
      expect(exitCode).toBe(2);
      expect(stderr).toContain('Not all containers of the canary run yet (step 1 of 3)');
      expect(await clones()).toHaveLength(1);

      await shop.succeed('weight', '20');
      expect(await clones()).toHaveLength(3);
      expect((await shop.status()).release).toMatchObject({
        state: 'holding',
        reason: 'at 20 %, set by hand',
        weight: { set: 20 },
      });
    });

    it('are kept by a `deploy` of the same commit, which raises the weight', async () => {
      await rolling('1s');
      await shop.succeed('deploy', '--branch', 'canary', '--weight', '5');
      expect(await clones()).toHaveLength(3);
      const before = await clones();
      await shop.succeed('deploy', '--branch', 'canary');
      expect(await clones()).toEqual(before);
      expect((await shop.status()).release.weight.set).toBe(100);
    });

    it('that a person started beyond the definition are as many after a promotion', async () => {
      await scale(4);
      const before = await containersOf('frontend');
      await shop.succeed('promote');
      const after = await containersOf('frontend');
      expect(after).toHaveLength(4);
      expect(after.filter((id) => before.includes(id))).toEqual([]);
    });
  });
});
