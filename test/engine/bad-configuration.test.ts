import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exists } from '../../src/system/files.ts';
import { type ContainerFacts, Storedog } from '../support/storedog.ts';
import { userNames, visit } from '../support/visitors.ts';

/** Valid for canary, but not for HAProxy: an expression that only it can judge. */
const REFUSED = 'match: [{ header: X-Beta, regex: "(" }]\n';
const FILE = '.canary/proxy/haproxy.cfg';

/** A canary.yaml that HAProxy refuses changes nothing, whatever the state of the proxy. */
describe('a configuration that HAProxy refuses', () => {
  let shop: Storedog;
  let original: string;
  let containers: ContainerFacts[];

  beforeAll(async () => {
    shop = await Storedog.create();
    await shop.startProduction();
    original = await shop.read('canary.yaml');
  });

  afterAll(() => shop.dispose());

  const upRefused = async () => {
    await shop.write('canary.yaml', original + REFUSED);
    const { exitCode, stdout } = await shop.canary('up', '--json');
    await shop.write('canary.yaml', original);
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({
      code: 'start-failed',
      message: 'HAProxy refuses its configuration; nothing was changed.',
      hint: 'Correct the `regex` in canary.yaml; it is in the words of HAProxy above.',
    });
    expect(error.details.join('\n')).toMatch(/regex/);
    expect(await exists(`${shop.directory}/${FILE}.new`)).toBe(false);
  };
  const answers = async () => (await visit(shop.url, userNames(50))).map(({ status }) => status);

  it('is refused before there is a proxy: the service keeps its port', async () => {
    containers = await shop.containers();
    await upRefused();
    const stable = (await shop.containers()).filter(({ service }) => service !== 'canary-proxy');
    expect(stable).toEqual(containers);
    expect(await exists(`${shop.directory}/${FILE}`)).toBe(false);
    expect(new Set(await answers())).toEqual(new Set([200]));
  });

  it('is refused while the proxy runs: the old one is in force, with its users', async () => {
    await shop.succeed('up');
    await shop.succeed('deploy', '--branch', 'canary', '--apply', shop.badPatch, '--weight', '50');
    containers = await shop.containers();
    const [file, seen] = [await shop.read(FILE), await visit(shop.url, userNames(50))];
    await upRefused();
    expect(await shop.read(FILE)).toBe(file);
    expect(await shop.containers()).toEqual(containers);
    const byName = (visits: typeof seen) => new Map(visits.map(({ user, page }) => [user, page]));
    expect(byName(await visit(shop.url, userNames(50)))).toEqual(byName(seen));
    expect((await shop.status()).release.weight.set).toBe(50);
  });

  it('is refused while the proxy is stopped: it starts with the old one', async () => {
    const proxy = containers.find(({ service }) => service === 'canary-proxy')?.id ?? '';
    const file = await shop.read(FILE);
    await execa('docker', ['kill', proxy]);
    await upRefused();
    expect(await shop.read(FILE)).toBe(file);

    await shop.succeed('up');
    expect(new Set(await answers())).toEqual(new Set([200]));
    expect((await shop.status()).release.weight.set).toBe(50);
    expect((await shop.containers()).map(({ id }) => id)).toContain(proxy);
  });
});
