import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plan } from '../../../src/workflows/plan.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { POINTER_FILES, withPointer } from '../../support/fixture-layouts.ts';
import { git, writeFiles } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const planned = (folder: string) => plan(contextIn(folder), 'canary', undefined);

test('a branch is rejected whose large files this machine has only as pointers', async () => {
  const folder = await withPointer(true);
  await git(folder, 'config', '--remove-section', 'filter.lfs');
  expect(await refusal(() => planned(folder))).toMatchObject({
    code: 'large-files-missing',
    message:
      'git has only pointers of 1 large files (Git LFS), and images would be built with them.',
    details: ['big.bin'],
  });
});

test('it is rejected too if only the branch has the file', async () => {
  const folder = await withPointer(false);
  await git(folder, 'rm', '--quiet', 'big.bin');
  await git(folder, 'commit', '--quiet', '--message', 'Without');
  await rm(join(folder, 'big.bin'), { force: true });
  expect((await refusal(() => planned(folder))).code).toBe('large-files-missing');
});

test('large files of a branch are in its checkout where git-lfs is installed', async () => {
  await expect(planned(await withPointer(true))).resolves.toBeDefined();
});

test('a stable that has the same pointers is no worse with a canary', async () => {
  const folder = await withPointer(false);
  await writeFiles(folder, { 'big.bin': POINTER_FILES['big.bin'] });
  await expect(planned(folder)).resolves.toBeDefined();
});
