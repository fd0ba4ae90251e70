import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, expect, test } from 'vitest';
import { emptyFolder } from '../support/fixture-project.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
let clone: string;

/** A repository with the files that a release reads and writes. */
beforeEach(async () => {
  clone = await emptyFolder();
  for (const path of ['package.json', 'CHANGELOG.md', 'scripts/release.mjs', 'src/main.ts'])
    await cp(join(ROOT, path), join(clone, path));
  await writeFile(join(clone, 'CHANGELOG.md'), '# Changelog\n\n## 9.1.0, unreleased\n\n- more\n');
  const git = (...argv: string[]) =>
    execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...argv], { cwd: clone });
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'all');
});

const release = (...argv: string[]) =>
  execa('node', ['scripts/release.mjs', ...argv], { cwd: clone, reject: false });

const state = async () => [
  await readFile(join(clone, 'CHANGELOG.md'), 'utf8'),
  (await execa('git', ['log', '--format=%H', '--all'], { cwd: clone })).stdout,
  (await execa('git', ['status', '--porcelain'], { cwd: clone })).stdout,
];

test('a dry run prints every step and changes nothing', async () => {
  const before = await state();
  const { stdout, exitCode } = await release('9.1.0', '--dry-run', '--image', 'shop/canary');
  expect(exitCode).toBe(0);
  expect(stdout.replace(/\d{4}-\d\d-\d\d/, 'DATE')).toBe(`would run every check
would date the changelog: 9.1.0, DATE
would set the version to 9.1.0
would commit it
would tag it v9.1.0
would pack it into .release/compose-canary-9.1.0.tgz
would build the image shop/canary:9.1.0

Publish it with:
  git push --atomic origin HEAD v9.1.0
  npm publish .release/compose-canary-9.1.0.tgz
  docker push shop/canary:9.1.0`);
  expect(await state()).toEqual(before);
});

test('an invalid release is rejected with all reasons at once, before anything is done', async () => {
  await writeFile(join(clone, 'CHANGELOG.md'), '# Changelog\n\n## 9.0.0, 2026-01-01\n');
  await execa('git', ['tag', 'v0.0.1'], { cwd: clone });
  const before = await state();
  const { stderr, exitCode } = await release('0.0.1');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(`release: 0.0.1 is older than`);
  expect(stderr).toMatch('release: The working tree has changes');
  expect(stderr).toMatch('release: The tag v0.0.1 exists already.');
  expect(stderr).toMatch('release: CHANGELOG.md has no heading');
  expect(await state()).toEqual(before);
  expect((await release('next')).stderr).toMatch('`next` is not a version such as 1.2.3.');
});
