import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CADDY, edgeShop, NGINX } from '../../support/edge-shop.ts';
import type { Storedog } from '../../support/storedog.ts';
import { askAnew } from '../../support/traffic-shop.ts';
import { Load, userNames } from '../../support/visitors.ts';

/** Users who come through another proxy of the stack, whose configuration stays unchanged. */
describe.each([NGINX, CADDY])('a service behind $name', (kind) => {
  let shop: Storedog;
  const users = userNames(60);

  beforeAll(async () => {
    shop = await edgeShop(kind);
  });

  afterAll(() => shop?.dispose());

  const facts = async (...services: string[]) =>
    (await shop.containers()).filter((each) => services.includes(each.service));
  /** How many users got each answer; on new connections, because the edge may have closed idle ones. */
  const count = async () => {
    const counts: Record<string, number> = {};
    for (const user of users) {
      const page = await askAnew(`${shop.url}known`, { 'X-User-Id': user });
      counts[page] = (counts[page] ?? 0) + 1;
    }
    return counts;
  };

  it('is recognised by `init`, and chosen the same way every time', async () => {
    const written = await shop.read('canary.yaml');
    const inits: string[] = [];
    for (let time = 0; time < 2; time += 1) {
      await execa('rm', ['canary.yaml'], { cwd: shop.directory });
      await shop.succeed('init', '--service', 'web', '--no-commit');
      inits.push(await shop.read('canary.yaml'));
    }
    expect(inits[0]).toBe(inits[1]);
    expect(inits[0]).toMatch(/^ {2}web: \{ behind: edge, port: 3000, preview: \d+ \}$/m);
    await shop.write('canary.yaml', written);
  });

  it('is put behind canary’s proxy by `up`, which recreates the edge once', async () => {
    const before = await facts('web');
    const { stdout: plan } = await shop.succeed('plan');
    expect(plan).toContain('recreate edge with links to the proxy');
    expect(plan).toContain('edge is recreated by `up` and `down` with a gap');
    await shop.succeed('up');
    expect(await facts('web')).toEqual(before);
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
    expect(await count()).toEqual({ stable: users.length });
    const { entries } = (await shop.status()).proxy;
    expect(entries).toEqual([
      {
        service: 'web',
        address: `http://localhost:${shop.port}`,
        addresses: [`http://localhost:${shop.port}`],
        preview: `http://localhost:${shop.preview}`,
      },
    ]);
  });

  it('is split by user and counted, without touching the stable', async () => {
    const before = await shop.stableContainers();
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '30');
    const seen = await count();
    expect(seen.canary).toBeGreaterThan(users.length * 0.15);
    expect(seen.canary).toBeLessThan(users.length * 0.45);
    expect(await count()).toEqual(seen);
    const { requests } = (await shop.status()).release;
    expect(requests).toEqual({ stable: (seen.stable ?? 0) * 2, canary: (seen.canary ?? 0) * 2 });
    expect(await askAnew(shop.url, { 'X-Canary': 'canary' })).toBe('canary');
    expect(await askAnew(shop.previewUrl, {})).toBe('canary');
    expect(await shop.stableContainers()).toEqual(before);
  });

  it('keeps anonymous users on their side by a cookie', async () => {
    const first = await Promise.all(
      users.slice(0, 60).map(async (user) => {
        // Without a cookie, the same browser at the same address stays on one side.
        const answer = await fetch(shop.url, { headers: { 'User-Agent': user } });
        return {
          page: await answer.text(),
          cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '',
        };
      }),
    );
    expect(new Set(first.map(({ page }) => page)).size).toBe(2);
    const again = await Promise.all(first.map(({ cookie }) => askAnew(shop.url, { cookie })));
    expect(again).toEqual(first.map(({ page }) => page));
  });

  it('gets its client’s address from the edge', async () => {
    const headers = { 'X-Canary': 'stable' };
    const { 'x-forwarded-for': client } = JSON.parse(await askAnew(`${shop.url}seen`, headers));
    expect(client).toMatch(/^[0-9.]+$/);
    const { stdout: logs } = await execa('docker', [
      'logs',
      (await facts('canary-proxy'))[0]?.id ?? '',
    ]);
    expect(logs).toContain(`{${client}}`);
  });

  it('becomes the stable under load without a failed request', async () => {
    const before = await facts('edge');
    const load = new Load(shop.url).start();
    await shop.succeed('weight', '100');
    await shop.succeed('weight', '30');
    await shop.succeed('promote');
    await load.stop();
    expect(load.problems).toEqual([]);
    expect(await count()).toEqual({ canary: users.length });
    expect(await facts('edge')).toEqual(before);
  });

  it('is found again after the proxy was recreated at another address', async () => {
    const [proxy] = await facts('canary-proxy');
    await execa('docker', ['rm', '--force', proxy?.id ?? '']);
    // Takes the address that is now free.
    const squatter = [
      ...['run', '--detach', '--rm', '--network', `${shop.project}_default`],
      ...['--label', `com.docker.compose.project=${shop.project}`, '--entrypoint', 'sleep'],
      ...[`${shop.project}-web`, 'infinity'],
    ];
    const { stdout: squatting } = await execa('docker', squatter);
    await shop.succeed('up');
    expect(await count()).toEqual({ canary: users.length });
    expect(JSON.parse((await shop.succeed('up', '--json')).stdout).changed).toBe(false);
    await execa('docker', ['rm', '--force', squatting]);
  });

  it('is reached by its edge as before after `down`', async () => {
    await shop.succeed('down', '--yes');
    await shop.untilShopAnswers();
    expect(await count()).toEqual({ canary: users.length });
    expect(await facts('canary-proxy')).toEqual([]);
  });
});
