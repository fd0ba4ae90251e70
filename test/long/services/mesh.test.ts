import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hopServer, hopShop } from '../../support/hop-shop.ts';
import { type Storedog, until } from '../../support/storedog.ts';
import { askAnew } from '../../support/traffic-shop.ts';
import { Load, userNames, visit } from '../../support/visitors.ts';

/** An internal service that is split where other services call it: `web` -> `middle` (not chosen) -> `last`. */
describe('an internal service', () => {
  let shop: Storedog;
  const users = userNames(150);

  beforeAll(async () => {
    shop = await hopShop(
      ({ port, preview }) =>
        `{ web: { entry: ${port}, preview: ${preview} }, last: { mesh: true } }`,
    );
  });

  afterAll(() => shop?.dispose());

  const ask = (way: string, headers: Record<string, string> = {}) =>
    askAnew(`${shop.url}${way}`, headers);
  const idsOf = async (...services: string[]) => {
    const containers = await shop.containers();
    return containers.filter((each) => services.includes(each.service)).map((each) => each.id);
  };
  /** The answers when `middle` itself requests `last` with each of these headers. */
  const asMiddle = async (...each: Record<string, string>[]) => {
    const script = `for (const headers of ${JSON.stringify(each)})
      console.log(await (await fetch('http://last:3000/', { headers })).text());`;
    const [middle = ''] = await idsOf('middle');
    const node = ['node', '--input-type=module', '-e', script];
    return (await execa('docker', ['exec', middle, ...node])).stdout.split('\n');
  };
  /** How many users got each answer. */
  const answers = async (way: string) => {
    const counts: Record<string, number> = {};
    for (const { page } of await visit(`${shop.url}${way}`, users))
      counts[page] = (counts[page] ?? 0) + 1;
    return counts;
  };

  it('is linked to its callers by `up`, once', async () => {
    const before = await idsOf('last');
    const callers = await idsOf('web', 'middle');
    const { stdout: plan } = await shop.succeed('plan');
    expect(plan).toContain('recreate middle, web with links to the proxy');
    expect(plan).toContain('middle calls last (environment NEXT) through the proxy');
    await shop.succeed('up');
    expect(await idsOf('last')).toEqual(before);
    expect((await idsOf('web', 'middle')).filter((id) => callers.includes(id))).toEqual([]);
    expect(await idsOf('web', 'middle')).toHaveLength(2);
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
    expect(await ask('told')).toBe('stable stable stable');
    expect(await ask('told/direct')).toBe('stable stable');
  });

  it('gets canary users by the headers that the apps pass on, over a hop that is not cloned', async () => {
    const before = await shop.stableContainers();
    await shop.succeed('deploy', '--branch', 'canary');
    const forced = { 'X-Canary': 'canary' };
    expect(await ask('told', forced)).toBe('canary stable canary');
    expect(await ask('baggage', forced)).toBe('canary stable canary');
    expect(await ask('told/direct', forced)).toBe('canary canary');
    expect(await ask('told', { 'X-Canary': 'stable' })).toBe('stable stable stable');
    // If the apps pass nothing on, only the weight decides.
    expect(await ask('known', { ...forced, 'X-User-Id': 'ada' })).toBe('canary stable stable');
    expect(await shop.stableContainers()).toEqual(before);
  });

  it('gets the side with the rest of the baggage, while an entry only accepts the forcing header', async () => {
    const baggage = 'a=1;p=2, canary=canary , b=%20';
    const seen = JSON.parse((await ask('seen', { baggage })).replace('stable stable ', ''));
    expect(seen['x-canary']).toBe('stable');
    expect(seen.baggage.split(/\s*,\s*/).sort()).toEqual(['a=1;p=2', 'b=%20', 'canary=stable']);
    expect(seen.cookie).toBeUndefined();
    const bare = JSON.parse(
      (await ask('seen', { 'X-Canary': 'canary' })).slice('canary stable '.length),
    );
    expect(bare.baggage).toBe('canary=canary');
  });

  it('has a user whom the apps identify on the same side as every other service', async () => {
    await shop.succeed('weight', '30');
    const sides = await answers('known');
    expect(Object.keys(sides).sort()).toEqual(['canary stable canary', 'stable stable stable']);
    const share = (sides['canary stable canary'] ?? 0) / users.length;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.45);
    expect(await answers('told')).toEqual(sides);
    await shop.succeed('weight', '100');
    expect(await answers('known')).toEqual({ 'canary stable canary': users.length });
    expect(await asMiddle({})).toEqual(['canary']);
  });

  it('does not count users’ requests twice', async () => {
    const { requests } = (await shop.status()).release;
    await visit(`${shop.url}known`, users);
    const after = (await shop.status()).release.requests;
    expect(after.stable + after.canary - requests.stable - requests.canary).toBe(users.length);
  });

  it('uses only the stable while every user is sent there, whatever a request contains', async () => {
    const forced = [{ 'X-Canary': 'stable' }, { baggage: 'x=1,canary = stable;p' }];
    expect(await asMiddle(...forced)).toEqual(['stable', 'stable']);
    await shop.succeed('pause');
    const both = { 'X-Canary': 'canary', baggage: 'canary=canary' };
    expect(await asMiddle(both)).toEqual(['stable']);
    await shop.succeed('resume');
    expect(await asMiddle({ baggage: 'canary=canary' })).toEqual(['canary']);
  });

  it('leaves its users to the stable while its canary is down, and tells the service', async () => {
    const [clone = ''] = await idsOf('last-canary');
    await execa('docker', ['kill', clone]);
    const forced = async () => (await asMiddle({ 'X-Canary': 'canary' }))[0];
    await until('the proxy knows', async () => (await forced()) === 'stable');
    const seen = await ask('seen', { 'X-Canary': 'canary' });
    expect(JSON.parse(seen.slice('canary stable '.length))['x-canary']).toBe('stable');
    await execa('docker', ['start', clone]);
    await until('it is back', async () => (await forced()) === 'canary');
  });

  it('is promoted without a lost request, and without recreating a service that only calls it', async () => {
    await shop.succeed('weight', '30');
    const middle = await idsOf('middle');
    // Each request reaches every service.
    const load = new Load(`${shop.url}known`, 60).start();
    await shop.succeed('promote');
    await load.stop();
    expect(load.problems).toEqual([]);
    expect(await idsOf('middle')).toEqual(middle);
    expect(await ask('known')).toBe('canary stable canary');
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
  });

  it('is called by its name as before after `down`', async () => {
    const proxied = await idsOf('canary-proxy');
    await shop.succeed('down', '--yes');
    await shop.untilShopAnswers();
    expect(await ask('known')).toBe('canary stable canary');
    const links = await execa('docker', [
      'inspect',
      '--format',
      '{{range .NetworkSettings.Networks}}{{json .Links}}{{end}}',
      ...(await idsOf('web', 'middle', 'last')),
    ]);
    expect(links.stdout).not.toContain('canary-proxy');
    expect(proxied).toHaveLength(1);
    expect(await idsOf('canary-proxy')).toEqual([]);
  });

  it('keeps a caller if the linked one does not become ready', async () => {
    const [compose, settings] = [
      await shop.read('docker-compose.yml'),
      await shop.read('canary.yaml'),
    ];
    const never = '  middle:\n    healthcheck: { test: [CMD, "false"], interval: 1h }\n';
    await shop.write('docker-compose.yml', compose.replace('  middle:\n', never));
    await shop.write('canary.yaml', `${settings}startTimeout: 10s\n`);
    const middle = await idsOf('middle');
    const { exitCode, stderr } = await shop.canary('up');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('A second middle did not become ready in time.');
    expect(await idsOf('middle')).toEqual(middle);
    expect(await ask('known')).toBe('canary stable canary');
    await shop.write('docker-compose.yml', compose);
    await shop.write('canary.yaml', settings);
  });

  it('is split by an `up` that starts everything', async () => {
    await shop.compose('down');
    await shop.succeed('up');
    expect(await ask('known')).toBe('canary stable canary');
    const seen = await ask('seen');
    expect(JSON.parse(seen.slice('canary stable '.length)).baggage).toBe('canary=stable');
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
  });

  it('that is an entry too has one weight for both, so that a user is on the same side everywhere', async () => {
    const [, definition = ''] = (await shop.read('docker-compose.yml')).split('\n  last:');
    const port = /"(\d+):3000"/.exec(definition)?.[1] ?? '';
    const own = `http://127.0.0.1:${port}/`;
    const settings = await shop.read('canary.yaml');
    await shop.write('canary.yaml', settings.replace('mesh: true', `entry: ${port}`));
    await shop.succeed('up');
    await shop.commitOn('canary', 'store-frontend/server.js', hopServer('another'));
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
    /** The users that each entry has on the canary. */
    const onCanary = async () => {
      const having = async (url: string, page: string) =>
        (await visit(url, users))
          .filter((each) => each.page === page)
          .map(({ user }) => user)
          .sort();
      return {
        web: await having(`${shop.url}known/direct`, 'another another'),
        last: await having(own, 'another'),
      };
    };
    const all = [...users].sort();
    expect(await onCanary()).toEqual({ web: all, last: all });
    await shop.succeed('weight', '50');
    const half = await onCanary();
    expect(half.web.length).toBeGreaterThan(users.length * 0.25);
    expect(half.web.length).toBeLessThan(users.length * 0.75);
    expect(half.last).toEqual(half.web);
    await shop.succeed('weight', '0');
    expect(await onCanary()).toEqual({ web: [], last: [] });
    await shop.succeed('weight', '100');
    await shop.succeed('abort');
    expect(await onCanary()).toEqual({ web: [], last: [] });
  });
});
