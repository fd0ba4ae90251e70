import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('25');
  await shop.production();
  await shop.takeOver();
});

afterAll(() => shop?.dispose());

it('a build that reads `.git` says the commit of its branch', async () => {
  expect(await answerAt(shop.url)).toMatch(/^good morning from [0-9a-f]{12}$/);
  const tip = (await shop.git('rev-parse', 'canary')).slice(0, 12);
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
  expect(await answerAt(shop.url)).toBe(`good evening from ${tip}`);
  await shop.succeed('promote');
  const main = (await shop.git('rev-parse', 'main')).slice(0, 12);
  expect(await answerAt(shop.url)).toBe(`good evening from ${main}`);
});
