import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelShop } from '../../support/label-shop.ts';
import { type Storedog, until } from '../../support/storedog.ts';
import { askAnew } from '../../support/traffic-shop.ts';
import { Load, userNames } from '../../support/visitors.ts';

/** Users who come through routers that find containers by labels and environment. */
describe('services that routers find by labels and environment', () => {
  let shop: Storedog;
  const users = userNames(60);

  beforeAll(async () => {
    shop = await labelShop();
  });

  afterAll(() => shop?.dispose());

  const siteUrl = () => shop.url.replace('127.0.0.1', 'localhost');
  const facts = async (service: string) =>
    (await shop.containers()).filter((each) => each.service === service);
  const count = async (url: string) => {
    const counts: Record<string, number> = {};
    for (const user of users) {
      const page = await askAnew(`${url}known`, { 'X-User-Id': user });
      counts[page] = (counts[page] ?? 0) + 1;
    }
    return counts;
  };
  const table = async () => JSON.parse(await askAnew(`${shop.url}table`, {}));
  /** What the routers use: names of routers in order, and how many containers have the host. */
  const found = async () => {
    const { routers, hosts } = await table();
    return { routers: routers.map(({ name }: { name: string }) => name), hosts: hosts.localhost };
  };
  const router = () => `${shop.project}-web`;

  it('are chosen as such by `init`', async () => {
    const written = await shop.read('canary.yaml');
    await rm(`${shop.directory}/canary.yaml`);
    await shop.succeed('init', '--service', 'web', '--service', 'site', '--no-commit');
    const chosen = await shop.read('canary.yaml');
    expect(chosen).toMatch(/^ {2}web: \{ labels: traefik, preview: \d+ \}$/m);
    expect(chosen).toMatch(/^ {2}site: \{ labels: nginx-proxy, preview: \d+ \}$/m);
    await shop.write('canary.yaml', written);
  });

  it('are put behind the proxy by `up`, which leaves alone what Traefik finds', async () => {
    const [web, site] = [await facts('web'), await facts('site')];
    const { stdout: plan } = await shop.succeed('plan');
    expect(plan).toContain('Users reach web through Traefik, by its labels');
    const load = [new Load(shop.url, 20).start(), new Load(siteUrl(), 20).start()];
    await shop.succeed('up');
    await until('the router sees the proxy', async () => (await found()).routers.length === 2);
    for (const each of load) await each.stop();
    expect(load.flatMap(({ problems }) => problems)).toEqual([]);
    expect(await found()).toEqual({
      routers: [`${router()}-canary`, router()],
      hosts: [expect.any(String)],
    });
    expect(await facts('web')).toEqual(web);
    expect(await facts('site')).not.toEqual(site);
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
    // The rules by which users reach the service are in the file as they were written.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose expands it.
    expect(await shop.read('.canary/override.yml')).toContain('Host(`${WEB_DOMAIN:-127.0.0.1}`)');
  });

  it('are split by user and counted', async () => {
    const before = await shop.stableContainers();
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '30');
    const [web, site] = [await count(shop.url), await count(siteUrl())];
    expect(web.canary).toBeGreaterThan(users.length * 0.15);
    expect(web.canary).toBeLessThan(users.length * 0.45);
    expect(site).toEqual(web);
    const { requests } = (await shop.status()).release;
    expect(requests).toEqual({ stable: (web.stable ?? 0) * 2, canary: (web.canary ?? 0) * 2 });
    expect(await askAnew(shop.previewUrl, {})).toBe('canary');
    expect(await shop.stableContainers()).toEqual(before);
    // The clones have no labels that a router reads.
    expect((await found()).routers).toEqual([`${router()}-canary`, router()]);
  });

  it('become the stable, and get their users back by `down`, without a failed request', async () => {
    const load = [new Load(shop.url, 20).start(), new Load(siteUrl(), 20).start()];
    await shop.succeed('promote');
    await shop.succeed('down', '--yes');
    for (const each of load) await each.stop();
    expect(load.flatMap(({ problems }) => problems)).toEqual([]);
    expect(Math.min(...load.map(({ sent }) => sent))).toBeGreaterThan(50);
    expect(await found()).toEqual({ routers: [router()], hosts: [expect.any(String)] });
    expect(await facts('canary-proxy')).toEqual([]);
    expect(await count(shop.url)).toEqual({ canary: users.length });
    expect(await count(siteUrl())).toEqual({ canary: users.length });
  });
});
