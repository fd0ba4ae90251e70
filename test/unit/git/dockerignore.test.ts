import { expect, test } from 'vitest';
import { leavesOutGit } from '../../../src/git/dockerignore.ts';

test.each([
  ['.git\n', true],
  ['node_modules\n**/.git/\n', true],
  ['/.git\n!.github\n', true],
  ['', false],
  ['.github\n.gitignore\n', false],
  ['.git\n!.git/HEAD\n!.git/refs\n', false],
  ['.git\n!.git\n', false],
])('whether %j keeps git out of a build: %j', (text, expected) => {
  expect(leavesOutGit(text)).toBe(expected);
});
