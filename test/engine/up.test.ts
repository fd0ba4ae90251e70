import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Storedog } from '../support/storedog.ts';
import { frontShop } from '../support/traffic-shop.ts';
import { Load } from '../support/visitors.ts';

describe('putting the proxy in front', () => {
  let shop: Storedog;

  beforeAll(async () => {
    shop = await frontShop();
  });

  afterAll(() => shop.dispose());

  // What `down` leaves is production as its people start it.
  afterEach(async () => {
    await shop.git('checkout', '--quiet', '--', 'canary.yaml');
    await shop.succeed('abort');
    await shop.succeed('down');
    await shop.untilShopAnswers();
  });

  const services = async () => (await shop.containers()).map((each) => each.service);
  const ALL = ['canary-proxy', 'frontend'];

  it('starts a stack that does not run yet, with the proxy', async () => {
    await shop.succeed('up');
    await shop.untilShopAnswers();
    expect(await services()).toEqual(ALL);
  });

  it('killed in the middle of the hand-over and run again, ends with one of each', async () => {
    const child = shop.start('up', '--verbose');
    for await (const line of child.iterable({ from: 'stderr' })) {
      if (/frontend-\d+ +Started/.test(String(line))) child.kill('SIGKILL');
    }
    expect((await child).signal).toBe('SIGKILL');

    await shop.succeed('up');
    await shop.untilShopAnswers();
    expect(await services()).toEqual(ALL);
  });

  it('refuses a preview port that something else holds, and changes nothing', async () => {
    const before = await shop.containers();
    const squatter = await listen(shop.preview);
    const { exitCode, stderr } = await shop.canary('up');
    squatter.close();

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`Port ${shop.preview} of this machine is taken by something else.`);
    expect(await shop.containers()).toEqual(before);
  });

  it('keeps the services where they are when the proxy has no image', async () => {
    const before = await shop.containers();
    const config = await shop.read('canary.yaml');
    await shop.write('canary.yaml', `${config}proxy: { image: "canary-test/none:1" }\n`);
    const { exitCode, stderr } = await shop.canary('up');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('The proxy has no image to start from; nothing was changed.');
    expect(await shop.containers()).toEqual(before);
  });

  it('restarts with the split it had, also after a kill', async () => {
    await shop.succeed('up');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
    await shop.compose(
      '-f',
      'docker-compose.yml',
      '-f',
      '.canary/override.yml',
      'kill',
      'canary-proxy',
    );
    await shop.compose(
      '-f',
      'docker-compose.yml',
      '-f',
      '.canary/override.yml',
      'start',
      'canary-proxy',
    );
    await shop.untilShopAnswers();

    expect((await shop.status()).release.weight.set).toBe(100);
    const page = await (await fetch(shop.url)).text();
    expect(page).toBe('canary');
  });

  it('leaves a plain `docker compose up` with the override as it is', async () => {
    await shop.succeed('up');
    const before = await shop.containers();
    await shop.compose('-f', 'docker-compose.yml', '-f', '.canary/override.yml', 'up', '--detach');
    expect(await shop.containers()).toEqual(before);
  });

  it('gives the port back and takes it again; once in front, `up` loses no request', async () => {
    await shop.succeed('up');
    await shop.succeed('down');
    await shop.untilShopAnswers();
    await shop.succeed('up');
    const load = await new Load(shop.url, 50).start();
    await shop.succeed('up');
    await load.stop();
    expect(load.problems).toEqual([]);
    expect(await services()).toEqual(ALL);
  });
});

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '0.0.0.0', () => resolve(server)));
}
