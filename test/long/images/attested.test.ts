import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  canarySays,
  expectPlainUp,
  newestOf,
  stableSays,
  withUsers,
} from '../../support/image-releases.ts';
import { ImageShop } from '../../support/image-shop.ts';
import { attestImage } from '../../support/uploaded-image.ts';

/** Digests as `docker buildx imagetools inspect` shows them: of the index with its attestation, and of the image in it. */
const DIGESTS = ['index', 'image'] as const;

describe('a digest of an image that CI has attested', () => {
  let shop: ImageShop;
  let before: string;
  let digests: { index: string; image: string };

  beforeAll(async () => {
    shop = await ImageShop.withImages({ 1: 'one', 2: 'two' });
    before = await shop.registry.digestOf('acme/web', '1');
    digests = await attestImage(shop.registry.host, { repository: 'acme/web', tag: '2' });
    await shop.furnish(`${shop.repository}@\${DIGEST}`, `DIGEST=${before}`);
    await shop.startServing();
  });
  afterAll(() => shop?.dispose());
  withUsers(() => shop);

  it.each(DIGESTS)('is pinned as it is given: the %s', async (which) => {
    const digest = digests[which];
    const reference = `${shop.repository}@${digest}`;
    const env = await shop.read('.env');
    const wish = ['--image', `web@${digest}`];
    expect((await shop.succeed('plan', ...wish)).stdout).toContain(`DIGEST=${digest}`);
    const { stdout } = await shop.succeed('deploy', ...wish, '--weight', '50', '--json');
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const source = {
      images: [{ service: 'web', reference, digest }],
      variables: { DIGEST: digest },
    };
    expect(result.source).toEqual(source);
    expect([await stableSays(shop), await canarySays(shop)]).toEqual(['one', 'two']);
    await expectPlainUp(shop, 'one');

    await shop.succeed('promote', '--yes');
    const release = await newestOf(shop);
    expect(JSON.stringify(release)).toContain(reference);
    expect(await shop.read(`.canary/releases/${release.id}.jsonl`)).toContain(reference);
    expect(await shop.read('.env')).toBe(env.replace(before, digest));
    await expectPlainUp(shop, 'two');

    await shop.registry.stop();
    await shop.succeed('revert', release.id);
    expect(await shop.read('.env')).toBe(env);
    await expectPlainUp(shop, 'one');
    await shop.registry.startAgain();
  });

  it('that is in clear in the compose file is a commit', async () => {
    const written = `${shop.repository}@${before}`;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose expands it.
    const compose = (await shop.read('docker-compose.yml')).replace('${DIGEST}', before);
    await shop.write('docker-compose.yml', compose);
    await shop.keepInGit();
    const wanted = `${shop.repository}@${digests.index}`;
    await shop.succeed('deploy', '--image', `web@${digests.index}`, '--weight', '50');
    expect(await canarySays(shop)).toBe('two');
    await shop.succeed('promote');
    expect(await shop.read('docker-compose.yml')).toBe(compose.replace(written, wanted));
    await expectPlainUp(shop, 'two');
  });
});
