import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { canarySays, stableSays, withUsers } from '../../support/image-releases.ts';
import { ImageShop } from '../../support/image-shop.ts';
import { Registry } from '../../support/registry.ts';
import { uploadImage } from '../../support/uploaded-image.ts';

describe('a registry that', () => {
  let shop: ImageShop;
  beforeAll(async () => {
    shop = await ImageShop.started('1');
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  const others: { dispose(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const each of others.splice(0).reverse()) await each.dispose();
    await shop.canary('abort');
    expect(await stableSays(shop)).toBe('one');
  });

  /** What a deploy of an image fails with; nothing may have been touched. */
  const refusal = async (image: string, env: Record<string, string> = {}) => {
    const [containers, tags] = [await shop.containers(), await shop.tags()];
    const args = ['deploy', '--image', `web=${image}`, '--weight', '5', '--json'];
    const { exitCode, stdout } = await shop.canaryWith(env, ...args);
    expect(await shop.containers()).toEqual(containers);
    expect(await shop.tags()).toBe(tags);
    const { error } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    return { exitCode, ...error };
  };

  it('wants a password gives nothing without one, and all with that of Docker', async () => {
    const registry = await Registry.start(`${shop.project}-login`, { asksWho: true });
    others.push(registry);
    const config = await registry.signedIn();
    await shop.publish('2', 'guarded', registry, config);
    const image = `${registry.host}/acme/web:2`;
    expect(await refusal(image)).toMatchObject({
      exitCode: 1,
      code: 'registry-refused',
      hint: expect.stringMatching(/^Docker .*`docker login`/),
    });
    const env = { DOCKER_CONFIG: config };
    const args = ['deploy', '--image', `web=${image}`, '--weight', '5', '--verbose'];
    const { exitCode, stdout, stderr } = await shop.canaryWith(env, ...args);
    expect(exitCode, stderr).toBe(0);
    expect(await canarySays(shop)).toBe('guarded');
    const written = await execa('grep', ['-r', 'open sesame', shop.directory], { reject: false });
    expect([stdout + stderr, written.stdout].join()).not.toContain('open sesame');
  });

  it('has a certificate that nobody trusts is refused, until the engine trusts it', async () => {
    const registry = await Registry.start(`${shop.project}-tls`, { isPrivate: true });
    others.push(registry);
    const image = `${registry.host}/acme/web:2`;
    expect(await refusal(image)).toMatchObject({
      code: 'registry-unreachable',
      message: `The certificate of the registry of ${image} is not trusted.`,
    });
    const distrust = await registry.trust();
    others.push({ dispose: distrust });
    await shop.publish('2', 'private', registry);
    await shop.succeed('deploy', '--image', `web=${image}`, '--weight', '5');
    expect(await canarySays(shop)).toBe('private');
  });

  it('is cut off in the middle of a layer is asked again', async () => {
    const { host } = shop.registry;
    await uploadImage(host, { repository: 'acme/large', tag: '1', bytes: 8 * 2 ** 20 });
    const proxy = await CuttingProxy.start(host, 1);
    others.push(proxy);
    const image = `${proxy.host}/acme/large:1`;
    // It holds no program: only the pull is asked here.
    const { stdout } = await shop.canary('deploy', '--image', `web=${image}`, '--json');
    expect(proxy.cuts).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const pulled = events.filter(({ type }) => type === 'operation-finished')[0];
    expect(pulled.operation).toMatchObject({ kind: 'pull' });
  });

  it('dies in the middle of a layer fails the deploy before anything is touched', async () => {
    const { host } = shop.registry;
    await uploadImage(host, { repository: 'acme/dying', tag: '1', bytes: 8 * 2 ** 20 });
    const proxy = await CuttingProxy.start(host, 'dies');
    others.push(proxy);
    const found = await refusal(`${proxy.host}/acme/dying:1`);
    expect(found).toMatchObject({ code: 'registry-unreachable' });
    expect(found.hint).toContain('No user was touched.');
  });

  it('has the image for another platform only is refused', async () => {
    const { host } = shop.registry;
    const other = { repository: 'acme/other', tag: '1', bytes: 100, architecture: 's390x' };
    await uploadImage(host, other);
    const image = `${host}/acme/other:1`;
    expect(await refusal(image)).toMatchObject({
      code: 'image-unknown',
      message: `${image} is not built for the platform of this engine.`,
    });
  });

  it('lost a tag says so to a timer', async () => {
    await shop.publish('1', 'newer');
    expect((await shop.canary('plan', '--pull', '--exit-code')).exitCode).toBe(1);
    await shop.registry.forget('acme/web', '1');
    const { stdout } = await shop.canary('deploy', '--pull', '--json');
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'image-unknown' });
  });
});
