import { createServer, type Server } from 'node:net';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dockerEngine } from '../../src/system/docker/engine.ts';
import { realMachine } from '../../src/system/machine.ts';
import type { ContainerFacts, Storedog } from '../support/storedog.ts';
import { frontShop } from '../support/traffic-shop.ts';
import { Load, userNames, visit } from '../support/visitors.ts';

type Engine = ReturnType<typeof dockerEngine>;

const ALL = ['canary-proxy', 'frontend'];
const CONFIGURATION = '.canary/proxy/haproxy.cfg';

describe('putting the proxy in front', () => {
  let shop: Storedog;
  let original: string;

  beforeAll(async () => {
    shop = await frontShop();
    await shop.startProduction();
    original = await shop.read('canary.yaml');
  });

  afterAll(() => shop?.dispose());

  const services = async () => (await shop.containers()).map((each) => each.service);
  const pages = async () =>
    new Map((await visit(shop.url, userNames(50))).map(({ user, page }) => [user, page]));
  const withSettings = async (settings: string, ...args: string[]) => {
    await shop.write('canary.yaml', original + settings);
    const ended = await shop.canary(...args);
    await shop.write('canary.yaml', original);
    return ended;
  };
  /** Tries settings that are valid for canary, but not for HAProxy: an expression that only HAProxy can check. */
  const upRefused = async () => {
    const refused = 'match: [{ header: X-Beta, regex: "(" }]\n';
    const { exitCode, stdout } = await withSettings(refused, 'up', '--json');
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({
      code: 'start-failed',
      message: 'HAProxy rejects its configuration; nothing was changed.',
      hint: 'Correct the `regex` in canary.yaml that HAProxy names above.',
    });
    expect(error.details.join('\n')).toMatch(/regex/);
    expect(await shop.exists(`${CONFIGURATION}.new`)).toBe(false);
  };

  describe('of production that runs without it', () => {
    it('rejects a preview port that is in use, and changes nothing', async () => {
      const before = await shop.containers();
      const squatter = await listen(shop.preview);
      const { exitCode, stderr } = await shop.canary('up');
      squatter.close();
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`Port ${shop.preview} of this machine is in use.`);
      expect(await shop.containers()).toEqual(before);
    });

    it('leaves the services alone if the proxy has no image', async () => {
      const before = await shop.containers();
      const settings = 'proxy: { image: "canary-test/none:1" }\n';
      const { exitCode, stderr } = await withSettings(settings, 'up');
      expect(exitCode).toBe(1);
      expect(stderr).toContain('The proxy has no image to start from; nothing was changed.');
      expect(await shop.containers()).toEqual(before);
    });

    it('leaves the services alone if HAProxy rejects its configuration', async () => {
      const before = await shop.stableContainers();
      await upRefused();
      expect(await shop.exists(CONFIGURATION)).toBe(false);
      expect(await shop.stableContainers()).toEqual(before);
      expect((await fetch(shop.url)).status).toBe(200);
    });
  });

  it('has one container each, and stays unchanged by `canary compose up`', async () => {
    await shop.succeed('up');
    await shop.untilShopAnswers();
    expect(await services()).toEqual(ALL);
    const before = await shop.containers();
    await shop.canaryCompose('up', '--detach');
    expect(await shop.containers()).toEqual(before);
  });

  describe('once a canary has users', () => {
    let containers: ContainerFacts[];
    let before: Map<string, string>;

    beforeAll(async () => {
      await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
      containers = await shop.containers();
      before = await pages();
    });

    // The configuration in force stays in force.
    afterEach(async () => {
      await shop.untilShopAnswers();
      expect(await shop.containers()).toMatchObject(containers.map(({ id }) => ({ id })));
      expect(await pages()).toEqual(before);
      expect((await shop.status()).release.weight.set).toBe(50);
    });

    it('has the same containers and images by the API of the engine as by its command line', async () => {
      const { run, engineWay } = realMachine(process.env);
      expect(await engineWay.isNear()).toBe(true);
      const [near, far] = [engineWay, { ...engineWay, isNear: async () => false }].map((way) =>
        dockerEngine(run, way),
      ) as [Engine, Engine];
      const found = await far.containers(shop.project);
      expect(found.map(({ role }) => role).sort()).toEqual([
        ...['canary', 'proxy', 'stable', 'stand-in'],
      ]);
      expect(await near.containers(shop.project)).toEqual(found);
      expect(await near.containers(`${shop.project}-none`)).toEqual([]);
      const images = found.flatMap(({ image, imageId }) => [image, imageId]);
      for (const name of [...images, 'canary-test/none:1', 'not:a:name', '../../x']) {
        const image = await far.image(name);
        expect(await near.image(name)).toEqual(image);
        expect(await near.imageId(name)).toBe(image?.id);
      }
    });

    it('loses no request when `up` runs again', async () => {
      const load = new Load(shop.url).start();
      await shop.succeed('up');
      await load.stop();
      expect(load.problems).toEqual([]);
    });

    it('stays as it is whatever plain `docker compose up` is typed, and loses no request', async () => {
      const files = await shop.read('docker-compose.yml');
      const load = new Load(shop.url).start();
      await shop.compose('up', '--detach', '--remove-orphans');
      await shop.write(
        'docker-compose.yml',
        files.replace('    ports:', '    tty: true\n    ports:'),
      );
      await expect(shop.compose('up', '--detach')).rejects.toThrow('port is already allocated');
      await shop.write('docker-compose.yml', files);
      await load.stop();
      expect(load.problems).toEqual([]);
      await shop.succeed('up');
      await shop.compose('up', '--detach');
    });

    it('changes nothing if HAProxy rejects the configuration', async () => {
      const file = await shop.read(CONFIGURATION);
      await upRefused();
      expect(await shop.read(CONFIGURATION)).toBe(file);
      expect(await shop.containers()).toEqual(containers);
    });

    it('changes nothing after the proxy was killed either; `up` starts it with its split', async () => {
      const proxy = containers.find(({ service }) => service === 'canary-proxy')?.id ?? '';
      const file = await shop.read(CONFIGURATION);
      await execa('docker', ['kill', proxy]);
      await upRefused();
      expect(await shop.read(CONFIGURATION)).toBe(file);
      await shop.succeed('up');
    });
  });

  it('gives the port back by `down`', async () => {
    await shop.succeed('down', '--yes');
    await shop.untilShopAnswers();
    expect(await services()).toEqual(['frontend']);
  });

  it('starts a stopped stack together with the proxy', async () => {
    await shop.compose('down');
    await shop.succeed('up');
    await shop.untilShopAnswers();
    expect(await services()).toEqual(ALL);
  });
});

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '0.0.0.0', () => resolve(server)));
}
