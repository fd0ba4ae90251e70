import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setUpFile } from '../../support/fixture-haproxy.ts';
import { within } from '../../support/patience.ts';
import type { Storedog } from '../../support/storedog.ts';
import { askAnew, frontShop } from '../../support/traffic-shop.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What docs/guides/in-a-container.md describes, on a real engine. */
let shop: Storedog;
let image: string;

beforeAll(async () => {
  shop = await frontShop();
  image = `${shop.project}-image`;
  const { NODE_IMAGE = '' } = parseEnv(await setUpFile());
  const base = NODE_IMAGE.startsWith('canary-') ? ['--build-arg', `BASE=${NODE_IMAGE}`] : [];
  await execa('docker', ['build', '--quiet', ...base, '--tag', image, ROOT]);
}, within(240_000));

afterAll(async () => {
  await shop?.dispose();
  await execa('docker', ['image', 'rm', '--force', image], { reject: false });
});

const canary = async (...argv: string[]) => {
  const { directory } = shop;
  const { stdout } = await execa('docker', [
    'run',
    '--rm',
    ...['--network', 'host', '--pid', 'host', '--uts', 'host'],
    ...['--volume', '/var/run/docker.sock:/var/run/docker.sock'],
    ...['--volume', `${directory}:${directory}`, '--workdir', directory],
    image,
    ...argv,
  ]);
  return stdout;
};

it('runs a canary from a container, and the machine’s own canary continues with it', {
  timeout: within(240_000),
}, async () => {
  await canary('up');
  await shop.untilShopAnswers();
  await canary('deploy', '--branch', 'canary', '--weight', '0');
  expect(await askAnew(shop.previewUrl, {})).toBe('canary');
  const inside = JSON.parse(await canary('status', '--json'));
  expect(inside).toEqual(await shop.status());
  expect(inside).toMatchObject({ lock: null, release: { state: 'holding' } });
  await shop.succeed('weight', '100');
  expect(await askAnew(shop.url, { 'X-User-Id': 'ada' })).toBe('canary');
  await canary('abort');
  expect(await askAnew(shop.url, { 'X-User-Id': 'ada' })).toBe('stable');
  await canary('down', '--yes');
  expect((await shop.status()).proxy.state).toBe('absent');
});
