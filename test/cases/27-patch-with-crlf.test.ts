import { afterAll, beforeAll, expect, it } from 'vitest';
import { GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('27');
});

afterAll(() => shop?.dispose());

it.each([
  ['change-crlf.diff'],
  ['mail-crlf.patch'],
  ['change-bom.diff'],
  ['mail-lf.patch'],
  ['mail-crlf.patch', '--3way'],
])('%s applies, and the file keeps its line ends', async (patch, ...flags) => {
  await shop.git('branch', '--force', 'try', 'main');
  await shop.succeed('apply', shop.helper(patch), '--branch', 'try', ...flags);
  const app = await shop.git('show', 'try:app.py');
  expect(app).toContain('VERSION = "canary"');
  expect(app).not.toContain('\r');
  expect(await shop.git('log', '-1', '--format=%an|%ae', 'try')).toBe(
    'Test Person|test.person@example.org',
  );
});
