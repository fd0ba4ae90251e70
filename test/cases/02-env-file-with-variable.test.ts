import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('02');
  // Git ignores it, so that a folder of cases may lack it.
  await shop.write('env/production.env', 'PAYMENT_KEY=k3y-for-tests-only\n');
  await shop.production();
  await shop.takeOver();
});

afterAll(() => shop?.dispose());

it('the canary has the settings of the stable, from a file that git ignores', async () => {
  const payments = async (url: string) => JSON.parse(await answerAt(url));
  expect(await payments(shop.url)).toMatchObject({ version: 'stable', payments: 'live' });
  await shop.succeed('plan', '--branch', 'canary');
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '0');
  expect(await payments(shop.previewUrl)).toMatchObject({ version: 'canary', payments: 'live' });
});
