import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { init } from '../../../src/workflows/init.ts';
import { contextIn } from '../../support/fixture-context.ts';
import {
  COMPOSE,
  emptyFolder,
  git,
  repository,
  writeFiles,
} from '../../support/fixture-project.ts';

const OPTIONS = { services: ['frontend', 'discounts'], yes: false, commit: true };
const changed = (folder: string) => git(folder, 'show', '--name-only', '--format=', 'HEAD');

test('init commits only canary.yaml and leaves other changes staged', async () => {
  const folder = await repository({ 'docker-compose.yml': COMPOSE, 'kept.txt': 'old\n' });
  await writeFiles(folder, { 'staged.txt': 'staged\n', 'kept.txt': 'new\n', 'loose.txt': 'x\n' });
  await git(folder, 'add', 'staged.txt');
  const before = await git(folder, 'status', '--porcelain');
  const result = await init(contextIn(folder), OPTIONS);
  expect(result).toMatchObject({ written: true, branch: 'main' });
  expect(await changed(folder)).toBe('canary.yaml');
  expect(await git(folder, 'status', '--porcelain')).toBe(before);
});

test('init works in a repository without a commit', async () => {
  const folder = await emptyFolder();
  await writeFiles(folder, { 'docker-compose.yml': COMPOSE });
  await git(folder, 'init', '--quiet', '--initial-branch=trunk');
  await git(folder, 'config', 'user.name', 'Ada');
  await git(folder, 'config', 'user.email', 'ada@example.com');
  expect(await init(contextIn(folder), OPTIONS)).toMatchObject({ written: true, branch: 'trunk' });
  expect(await changed(folder)).toBe('canary.yaml');
});

test('init works in a subfolder of the repository', async () => {
  const folder = await repository({ 'shop/docker-compose.yml': COMPOSE });
  await init(contextIn(join(folder, 'shop')), OPTIONS);
  expect(await changed(folder)).toBe('shop/canary.yaml');
});

test('init works through a symbolic link to the project', async () => {
  const folder = await repository({ 'docker-compose.yml': COMPOSE });
  const link = join(await emptyFolder(), 'current');
  await symlink(folder, link);
  await init(contextIn(link), OPTIONS);
  expect(await changed(folder)).toBe('canary.yaml');
});
