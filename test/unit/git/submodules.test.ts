import { expect, test } from 'vitest';
import {
  isSafeModuleName,
  readSubmoduleSettings,
  submodulePaths,
} from '../../../src/git/submodules.ts';

test('reads names and paths of a .gitmodules, whatever they contain', () => {
  const text = 'submodule.the lib.path\nlib dir\0submodule.a.path.path\nb\nc\0';
  expect(submodulePaths(text)).toEqual([
    { name: 'the lib', path: 'lib dir' },
    { name: 'a.path', path: 'b\nc' },
  ]);
  expect(submodulePaths('')).toEqual([]);
});

test('a submodule with a URL is initialised, unless it is inactive', () => {
  const isInitialised = readSubmoduleSettings(
    'submodule.a.url\n/a\0submodule.b.url\n/b\0',
    'submodule.b.active\nfalse\0submodule.c.active\ntrue\0',
  );
  expect(['a', 'b', 'c', 'd'].map(isInitialised)).toEqual([true, false, false, false]);
});

test.each([
  ['lib', true],
  ['vendor/lib..x', true],
  ['../lib', false],
  ['a/../../lib', false],
  ['/lib', false],
])('%s is a safe folder name: %s', (name, isSafe) => {
  expect(isSafeModuleName(name)).toBe(isSafe);
});
