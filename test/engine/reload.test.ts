import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reloadProxy } from '../../src/execution/operations/reload.ts';
import { loadProject } from '../../src/project/load.ts';
import { contextIn } from '../support/fixture-context.ts';
import { refusal } from '../support/fixture-refusal.ts';
import { type ContainerFacts, type Storedog, until } from '../support/storedog.ts';
import { askAnew, Stream, trafficShop } from '../support/traffic-shop.ts';
import { Load } from '../support/visitors.ts';

/** Changes of canary.yaml on a proxy with users. */
describe('a new configuration of the proxy', () => {
  let shop: Storedog;
  let containers: ContainerFacts[];
  let original: string;

  beforeAll(async () => {
    shop = await trafficShop();
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '20');
    containers = await shop.containers();
    original = await shop.read('canary.yaml');
  });

  afterAll(() => shop.dispose());

  const reconfigure = async (header: string) => {
    await shop.write('canary.yaml', `${original}force: { header: ${header} }\n`);
    return JSON.parse((await shop.succeed('up', '--json')).stdout);
  };
  const forced = (header: string) =>
    askAnew(shop.url, { [header]: 'canary', 'X-User-Id': 'nobody' });

  it('is loaded under load without a lost request, a cut stream or a touched container', async () => {
    const before = (await shop.status()).release.requests;
    const stream = await Stream.open(shop.port);
    const load = new Load(shop.url, 250).start();
    const slow = [];
    for (const header of ['X-First', 'X-Second', 'X-Third']) {
      slow.push(fetch(`${shop.url}slow`, { headers: { 'X-User-Id': header } }));
      expect((await reconfigure(header)).changed).toBe(true);
      expect(await forced(header)).toBe('canary');
    }
    await load.stop();

    expect(load.problems).toEqual([]);
    expect((await Promise.all(slow)).map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(await stream.send('still here')).toBe('still here');
    stream.close();
    expect(await shop.containers()).toEqual(containers);

    const { requests, weight } = (await shop.status()).release;
    expect(weight.set).toBe(20);
    expect(weight.measured).toBeGreaterThan(15);
    expect(weight.measured).toBeLessThan(25);
    const counted = requests.stable + requests.canary - before.stable - before.canary;
    // The stream, three slow and three forced ones are requests too.
    const sent = load.sent + 7;
    expect(counted).toBeLessThanOrEqual(sent);
    expect(counted).toBeGreaterThan(sent * 0.995);
  });

  it('keeps the users of the canary on the canary while it is loaded', async () => {
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

  it('that HAProxy refuses leaves the old one in force and the file as it was', async () => {
    const context = contextIn(shop.directory);
    const project = await loadProject(context);
    const before = await shop.read('.canary/proxy/haproxy.cfg');
    const proxy = { ...project.proxy, configuration: 'global\n  nonsense\n' };
    const run = {
      ...{ context, project: { ...project, proxy } },
      ...{ checkout: undefined, release: undefined, signal: context.signal },
    };
    const error = await refusal(() => reloadProxy(run));

    expect(error).toMatchObject({
      code: 'start-failed',
      message: 'HAProxy refuses its configuration; nothing was changed.',
    });
    expect(JSON.stringify(error)).toContain('nonsense');
    expect(await shop.read('.canary/proxy/haproxy.cfg')).toBe(before);
    expect(await forced('X-Fourth')).toBe('canary');
  });

  it('stays, with the split, when the container of the proxy is restarted', async () => {
    const proxy = containers.find((each) => each.service === 'canary-proxy');
    await shop.compose(
      '-f',
      'docker-compose.yml',
      '-f',
      '.canary/override.yml',
      'restart',
      'canary-proxy',
    );
    await shop.untilShopAnswers();
    await until('the canary answers', async () => (await forced('X-Fourth')) === 'canary');
    expect((await shop.status()).release.weight.set).toBe(20);
    expect((await shop.containers()).map((each) => each.id)).toContain(proxy?.id);
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
  });

  it('with other ports makes the container anew, as an older canary needs it too', async () => {
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
