import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reloadProxy } from '../../src/execution/operations/reload.ts';
import { layoutOf } from '../../src/project/layout.ts';
import { loadProject } from '../../src/project/load.ts';
import { readSplit, showSplit } from '../../src/proxy/weight-map.ts';
import { UnixProxySocket } from '../../src/system/haproxy/proxy-socket.ts';
import { contextIn } from '../support/fixture-context.ts';
import { refusal } from '../support/fixture-refusal.ts';
import { type ContainerFacts, type Storedog, until } from '../support/storedog.ts';
import { askAnew, Stream, trafficShop } from '../support/traffic-shop.ts';
import { Load, userNames, visit } from '../support/visitors.ts';

/** Configuration changes and crashes of a proxy with users. */
describe('the proxy', () => {
  let shop: Storedog;
  let containers: ContainerFacts[];
  let original: string;

  beforeAll(async () => {
    shop = await trafficShop();
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '20');
    original = await shop.read('canary.yaml');
  });

  afterAll(() => shop?.dispose());

  describe('that is killed', () => {
    const users = userNames(300);
    const onCanary = async (): Promise<string[]> =>
      (await visit(shop.url, users))
        .filter(({ page }) => page === 'canary')
        .map(({ user }) => user)
        .sort();
    const proxy = async () => {
      const found = (await shop.containers()).find(({ service }) => service === 'canary-proxy');
      if (!found) throw new Error('There is no proxy.');
      return found;
    };
    const inForce = async () => {
      const live = await new UnixProxySocket(layoutOf(shop.directory).socket).ask(showSplit);
      return {
        live: readSplit(live).weight,
        file: readSplit(await shop.read('.canary/proxy/weights.map')).weight,
      };
    };
    /** Fully back: the proxy answers, and so does the canary behind it. */
    const untilBack = async () => {
      await shop.untilShopAnswers();
      await until('the canary answers', async () => {
        const answer = await fetch(shop.previewUrl).catch(() => undefined);
        return (await answer?.text()) === 'canary';
      });
    };
    const ways: [string, () => Promise<void>][] = [
      [
        'killed by hand and started',
        async () => {
          const { id } = await proxy();
          await execa('docker', ['kill', '--signal', 'KILL', id]);
          await execa('docker', ['start', id]);
        },
      ],
      [
        'crashed and restarted by the engine',
        async () => {
          const { id, restartCount } = await proxy();
          // HAProxy's master exits with its worker.
          const crash = 'kill -9 $(cat /proc/1/task/1/children)';
          await execa('docker', ['exec', id, 'sh', '-c', crash]);
          await until('it is restarted', async () => (await proxy()).restartCount > restartCount);
        },
      ],
    ];

    it.each(ways)('%s keeps every user on their side', async (_, kill) => {
      await shop.succeed('weight', '37.5');
      const before = await onCanary();
      expect(before.length).toBeGreaterThan(80);
      await kill();
      await untilBack();
      expect(await inForce()).toEqual({ live: 37.5, file: 37.5 });
      expect(await onCanary()).toEqual(before);
      expect((await shop.status()).release.weight.set).toBe(37.5);
    });
  });

  describe('given a new configuration', () => {
    beforeAll(async () => {
      await shop.succeed('weight', '20');
      containers = await shop.containers();
    });

    const reconfigure = async (header: string) => {
      await shop.write('canary.yaml', `${original}force: { header: ${header} }\n`);
      return JSON.parse((await shop.succeed('up', '--json')).stdout);
    };
    const forced = (header: string) =>
      askAnew(shop.url, { [header]: 'canary', 'X-User-Id': 'nobody' });

    it('loads it under load without a lost request, a cut stream or a touched container', async () => {
      const before = (await shop.status()).release.requests;
      const stream = await Stream.open(shop.port);
      const load = new Load(shop.url, 100, 8).start();
      const slow = [];
      for (const header of ['X-First', 'X-Second']) {
        slow.push(fetch(`${shop.url}slow`, { headers: { 'X-User-Id': header } }));
        expect((await reconfigure(header)).changed).toBe(true);
        expect(await forced(header)).toBe('canary');
      }
      await load.stop();

      expect(load.problems).toEqual([]);
      expect((await Promise.all(slow)).map((answer) => answer.status)).toEqual([200, 200]);
      expect(await stream.send('still here')).toBe('still here');
      stream.close();
      expect(await shop.containers()).toEqual(containers);

      const { requests, weight } = (await shop.status()).release;
      expect(weight.set).toBe(20);
      const canary = requests.canary - before.canary;
      const counted = requests.stable - before.stable + canary;
      expect(weight.measured).toBeCloseTo((100 * canary) / counted, 1);
      // The stream, two slow requests and two forced ones count too.
      const sent = load.sent + 5;
      expect(counted).toBe(sent);
    });

    it('keeps canary users on the canary while loading it', async () => {
      await shop.succeed('weight', '100');
      const sides = new Set<string>();
      let isDone = false;
      const visiting = async () => {
        while (!isDone) sides.add(await askAnew(shop.url, {}));
      };
      const visitors = Array.from({ length: 8 }, visiting);
      await reconfigure('X-Fourth');
      isDone = true;
      await Promise.all(visitors);
      expect([...sides]).toEqual(['canary']);
      await shop.succeed('weight', '20');
    });

    it('keeps the old one and its file if HAProxy rejects the new one', async () => {
      const context = contextIn(shop.directory);
      const project = await loadProject(context);
      const before = await shop.read('.canary/proxy/haproxy.cfg');
      const proxy = { ...project.proxy, configuration: 'global\n  nonsense\n' };
      const run = {
        context,
        project: { ...project, proxy },
        checkout: undefined,
        release: undefined,
        signal: context.signal,
      };
      const error = await refusal(() => reloadProxy(run));

      expect(error).toMatchObject({
        code: 'start-failed',
        message: 'HAProxy rejects its configuration; nothing was changed.',
      });
      expect(JSON.stringify(error)).toContain('nonsense');
      expect(await shop.read('.canary/proxy/haproxy.cfg')).toBe(before);
      expect(await forced('X-Fourth')).toBe('canary');
    });

    it('keeps it, and the split, when its container restarts', async () => {
      const proxy = containers.find((each) => each.service === 'canary-proxy');
      await shop.canaryCompose('restart', 'canary-proxy');
      await shop.untilShopAnswers();
      await until('the canary answers', async () => (await forced('X-Fourth')) === 'canary');
      expect((await shop.status()).release.weight.set).toBe(20);
      expect((await shop.containers()).map((each) => each.id)).toContain(proxy?.id);
      expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
    });

    it('recreates its container if ports change, and keeps the split', async () => {
      await shop.write('canary.yaml', original.replace(/, preview: \d+/, ''));
      await shop.succeed('up');
      const ids = (facts: readonly ContainerFacts[], service: string) =>
        facts.filter((each) => each.service === service).map((each) => each.id);
      const after = await shop.containers();
      expect(ids(after, 'canary-proxy')).not.toEqual(ids(containers, 'canary-proxy'));
      expect(ids(after, 'frontend')).toEqual(ids(containers, 'frontend'));
      expect((await shop.status()).release.weight.set).toBe(20);
    });
  });
});
