import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CanaryError } from '../../../src/errors.ts';
import { branchRef } from '../../../src/git/branch-name.ts';

function isAccepted(name: string): boolean {
  try {
    branchRef(name);
    return true;
  } catch (error) {
    if (error instanceof CanaryError) return false;
    throw error;
  }
}

function gitAccepts(name: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', '--branch', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Names near the edge of what git allows, not noise that both reject. */
const part = fc.constantFrom(
  'a',
  'B',
  '0',
  '-',
  '.',
  '/',
  '@',
  '{',
  '}',
  '.lock',
  'HEAD',
  '~',
  '^',
  ':',
  '?',
  '*',
  '[',
  '\\',
  ' ',
  '\t',
  '\u007f',
  'ä',
  '🐤',
  '..',
  '//',
  '$',
  ';',
  "'",
);
const name = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((each) => !each.includes('\0')),
  fc.constantFrom('@', 'HEAD', '-', 'refs/heads/main', 'a.lock', '.a', 'a.'),
);

test('every accepted name is accepted by git', () => {
  fc.assert(
    fc.property(name, (each) => {
      if (isAccepted(each)) expect(gitAccepts(each)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('a name of letters, digits and usual symbols that git accepts is accepted', () => {
  const usual = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,8}$/);
  fc.assert(
    fc.property(usual, (each) => {
      if (gitAccepts(each)) expect(isAccepted(each)).toBe(true);
    }),
    { numRuns: 80 },
  );
});
