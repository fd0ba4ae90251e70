import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('03', 'app');
  await shop.production();
  await shop.takeOver();
});

afterAll(() => shop?.dispose());

it('the canary has the folder and the secret that lie beside the repository', async () => {
  const uploads = join(shop.directory, '../shared/uploads');
  const { stdout: plan } = await shop.succeed('plan', '--branch', 'canary');
  expect(plan).toContain(uploads);
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '0');
  const seen = JSON.parse(await answerAt(shop.previewUrl));
  expect(seen).toEqual({ version: 'canary', uploads: ['first.txt'], signed: true });
  await fetch(`${shop.previewUrl}second.txt`, { method: 'POST', body: 'hi' });
  expect((await readdir(uploads)).sort()).toEqual(['first.txt', 'second.txt']);
  await shop.succeed('abort', '--yes');
});

it.each([
  ['variant-env-file.yml', ''],
  ['variant-build.yml', 'outside of the repository: the branch says nothing about that code'],
])('with %s, `plan` does not ask for files that nobody can put there', async (variant, words) => {
  await shop.write('.env', `COMPOSE_FILE=docker-compose.yml:${variant}\n`);
  const { stdout, stderr } = await shop.succeed('plan', '--branch', 'canary');
  expect(stdout + stderr).toContain(words);
  expect(stdout + stderr).not.toContain('not found');
});
