import fc from 'fast-check';
import { expect, test } from 'vitest';
import { literal, quoted } from '../../../../src/rehearsal/mysql/client.ts';

const name = fc.string({
  unit: fc.oneof(fc.constantFrom('\n', '\\', "'", '"', '`', ';', '!', '%', '\0'), fc.string()),
  maxLength: 12,
});

test('a name is one name in a statement', () => {
  fc.assert(
    fc.property(name, (text) => {
      const [, inside] = /^`((?:[^`]|``)*)`$/s.exec(quoted(text)) ?? [];
      expect(inside?.replaceAll('``', '`')).toBe(text);
    }),
  );
});

test.each([
  ['as usual', /^'((?:[^'\\]|''|\\.)*)'$/s],
  ['with NO_BACKSLASH_ESCAPES', /^'((?:[^']|'')*)'$/s],
])('a text is one value in a statement, %s', (_, value) => {
  fc.assert(
    fc.property(name, (text) => {
      expect(literal(text)).toMatch(value);
    }),
  );
});
