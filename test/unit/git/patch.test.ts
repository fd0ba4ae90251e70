import { expect, test } from 'vitest';
import { isMailPatch, patchMessage, revertMessage } from '../../../src/git/patch.ts';

const DIFF = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n';
const HEAD = [
  'From 0123456789abcdef Mon Sep 17 00:00:00 2001',
  'From: Ada <ada@example.com>',
  'Date: Thu, 1 Jan 2026 00:00:00 +0000',
  'Subject: [PATCH] Make it cheaper',
];

test.each([
  ['as git format-patch writes it', [...HEAD, '', '---', DIFF].join('\n')],
  ['with Windows line ends', [...HEAD, '', '---', DIFF].join('\r\n')],
  ['without the mailbox line', [...HEAD.slice(1), '', DIFF].join('\n')],
])('a mail %s is recognised', (_, text) => {
  expect(isMailPatch(text)).toBe(true);
});

test.each([
  ['a plain diff', DIFF],
  ['nothing', ''],
  ['a diff of a mail', `${DIFF}\n\n${HEAD.join('\n')}\n`],
  ['a mail without a subject', [...HEAD.slice(0, 3), '', DIFF].join('\n')],
])('%s is not a mail', (_, text) => {
  expect(isMailPatch(text)).toBe(false);
});

test('a commit of plain diffs is named after its files', () => {
  expect(patchMessage(['a.diff', 'b.diff'])).toBe('Apply a.diff, b.diff');
});

test('a revert is named after the reverted commits, in one line', () => {
  expect(revertMessage(['Make it cheaper'])).toBe('Revert "Make it cheaper"');
  expect(revertMessage(['Second', 'First'])).toBe('Revert 2 commits up to "Second"');
});
