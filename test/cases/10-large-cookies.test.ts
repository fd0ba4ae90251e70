import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('10');
  await shop.production();
});

afterAll(() => shop?.dispose());

it('cookies of 23 KB are answered as before, and nobody is blamed for them', async () => {
  const ask = async (times: number) => {
    const args = [shop.helper('signed_in.py'), String(shop.port), String(times)];
    return (await execa('python3', args)).stdout;
  };
  expect(await ask(1)).toBe("{'/sign-in 200': 1, '/ 200': 1}");
  await shop.takeOver();
  expect(await ask(1)).toBe("{'/sign-in 200': 1, '/ 200': 1}");
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
  expect(await ask(20)).toBe("{'/sign-in 200': 20, '/ 200': 20}");
  const { release } = await shop.status();
  expect(release).toMatchObject({
    state: 'holding',
    failures: { stable: 0, canary: 0, shielded: 0 },
  });
});
