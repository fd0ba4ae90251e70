import { expect, test } from 'vitest';
import { branchRef } from '../../../src/git/branch-name.ts';
import { refusal } from '../../support/fixture-refusal.ts';

test.each(['main', 'feature/cheaper', 'v1.2', 'a-b_c', 'ünïcode', 'refs/heads/x', "it's", 'a;b'])(
  '%s becomes a full ref',
  (name) => {
    expect(branchRef(name)).toBe(`refs/heads/${name}`);
  },
);

test.each([
  '',
  '-x',
  '--upload-pack=x',
  '@',
  'HEAD',
  '/a',
  'a/',
  'a//b',
  'a..b',
  'a.',
  '.a',
  'a/.b',
  'a.lock',
  'a.lock/b',
  'a b',
  'a\tb',
  'a\nb',
  'a\u0000b',
  'a\u007fb',
  'a~1',
  'a^',
  'a:b',
  'a?',
  'a*',
  'a[b',
  'a\\b',
  'a@{1}',
])('%j is rejected', async (name) => {
  expect(await refusal(() => branchRef(name))).toMatchObject({
    code: 'branch-name-unsafe',
    exitCode: 2,
    message: `\`${name}\` is not a branch name.`,
  });
});
