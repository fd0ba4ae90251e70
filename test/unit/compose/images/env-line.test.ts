import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envValue, setEnvLine } from '../../../../src/compose/images/env-line.ts';

test.each([
  ['VERSION=1\n', 'VERSION=2\n'],
  ['# what runs\nVERSION=1\n\nTZ=UTC', '# what runs\nVERSION=2\n\nTZ=UTC'],
  ['A=1\r\nVERSION=1\r\nB=2\r\n', 'A=1\r\nVERSION=2\r\nB=2\r\n'],
  ['export VERSION = 1  # the release\n', 'export VERSION = 2  # the release\n'],
  ['VERSION="1" # quoted\n', 'VERSION="2" # quoted\n'],
  ["VERSION='1'\n", "VERSION='2'\n"],
  ['VERSION=\n', 'VERSION=2\n'],
  // The last one counts.
  ['VERSION=1\nVERSION=3\n', 'VERSION=1\nVERSION=2\n'],
  ['#VERSION=1\nMY_VERSION=1\nVERSIONS=1', '#VERSION=1\nMY_VERSION=1\nVERSIONS=1\nVERSION=2\n'],
  ['', 'VERSION=2\n'],
  // A quote after a backslash ends nothing.
  ['VERSION="a\\"b" # x\n', 'VERSION="2" # x\n'],
  // Such a line is a part of the other variable's value.
  ['VERSION=1\nKEY="a\nVERSION=3\n"\n', 'VERSION=2\nKEY="a\nVERSION=3\n"\n'],
  ["KEY='a\nVERSION=1'\n", "KEY='a\nVERSION=1'\nVERSION=2\n"],
  ['KEY="a\\"\nVERSION=3\n"\nVERSION=1', 'KEY="a\\"\nVERSION=3\n"\nVERSION=2'],
  // Compose knows these for no quotes.
  ['KEY=`a\nVERSION=1', 'KEY=`a\nVERSION=2'],
])('%j becomes %j', (text, expected) => {
  expect(setEnvLine(text, 'VERSION', '2')).toBe(expected);
});

test.each([
  ['V=1', '1'],
  ['V=1 # x\r', '1'],
  ["export V = '1 # x' # y", '1 # x'],
  ['V=1\nV="2"', '2'],
  ['V=', ''],
  ['W=1', undefined],
  ['W="\nV=1\n"', undefined],
])('%j says %j', (text, value) => {
  expect(envValue(text, 'V')).toBe(value);
});

test('a value that needs quotes gets them; one that cannot be quoted is refused', () => {
  expect(setEnvLine('V=1\n', 'V', 'a b#c')).toBe("V='a b#c'\n");
  expect(setEnvLine('V=1\n', 'V', "it's")).toBeUndefined();
  expect(setEnvLine('V=1\n', 'V', 'a\nb')).toBeUndefined();
  // Compose would not find the end of it, and then read nothing of the file.
  expect(setEnvLine('V=1\n', 'V', 'a\\')).toBeUndefined();
});

test('a value over several lines is left to its owner', () => {
  expect(setEnvLine('V="one\ntwo"\n', 'V', '2')).toBeUndefined();
});

test('nothing but that variable changes', () => {
  const line = fc.oneof(
    fc.constantFrom('', '# V=9', 'V=1', 'export V=1', 'V="1" # x', '  V = 1', 'A=1', 'VV=2'),
    fc.string({ unit: fc.constantFrom(...'AV=1# '), maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), (lines, end) => {
      const text = lines.join(end);
      const changed = setEnvLine(text, 'V', '2') ?? '';
      const before = text.split('\n');
      const after = changed.split('\n');
      const differing = before.filter((each, index) => after[index] !== each);
      expect(differing.length).toBeLessThanOrEqual(1);
      expect(envValue(changed, 'V')).toBe('2');
    }),
  );
});
