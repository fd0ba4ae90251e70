import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('09');
  await shop.production();
  await shop.takeOver();
});

afterAll(() => shop?.dispose());

it('the first upload of all, to the canary, is in the folder of the stable', async () => {
  const uploads = async (url = shop.url) => JSON.parse(await answerAt(url)).uploads;
  const before = await uploads();
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
  await fetch(`${shop.url}a.txt`, { method: 'POST', body: 'hi' });
  expect(await uploads()).toEqual([...before, 'a.txt'].sort());
  expect(await readdir(join(shop.directory, 'uploads'))).toContain('a.txt');
  await shop.succeed('abort', '--yes');
  expect(await uploads()).toEqual([...before, 'a.txt'].sort());
  expect(await shop.git('status', '--porcelain')).toBe('');
});
