import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('13');
  await shop.production();
});

afterAll(() => shop?.dispose());

it('requests of devices, old browsers and scripts are answered as before', async () => {
  const ask = async () =>
    (await execa('python3', [shop.helper('ask.py'), String(shop.port)])).stdout;
  const before = await ask();
  expect(before.match(/ 200 /g)).toHaveLength(9);
  await shop.takeOver();
  expect(await ask()).toBe(before);
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
  expect(await ask()).toBe(before);
  const { failures } = (await shop.status()).release;
  expect(failures).toEqual({ stable: 0, canary: 0, shielded: 0 });
});
