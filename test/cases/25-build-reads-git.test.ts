import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerAt, GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('25');
  await shop.production();
  await shop.takeOver();
});

afterAll(() => shop?.dispose());

it('a build that reads `.git` fails with words about worktrees, and nobody notices', async () => {
  const before = await answerAt(shop.url);
  expect(before).toMatch(/^good morning from [0-9a-f]{12}$/);
  const { exitCode, stderr } = await shop.canary('deploy', '--branch', 'canary');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('canary builds from a git worktree, in which `.git` is a file');
  expect(await answerAt(shop.url)).toBe(before);
});
