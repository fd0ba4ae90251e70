import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conninfo, literal, quoted } from '../../../../src/rehearsal/postgres/client.ts';

/** Texts as anybody may call a table or a database. */
const name = fc.string({
  unit: fc.oneof(fc.constantFrom('\n', '\r', '\\', "'", '"', '`', ';', '!', 'n', ' '), fc.string()),
  maxLength: 12,
});

/** What psql makes of a quoted argument (psql(1), "Meta-Commands"); `undefined` if it is not one whole argument. */
function readByPsql(argument: string): string | undefined {
  const [, inside] = /^'((?:[^'\\\n\r]|''|\\[^\n\r])*)'$/s.exec(argument) ?? [];
  return inside?.replace(/''|\\(.)/gs, (_, sign?: string) => {
    if (sign === undefined) return "'";
    return sign === 'n' ? '\n' : sign === 'r' ? '\r' : sign;
  });
}

/** What libpq makes of it (Connection Strings, "Keyword/Value"). */
function readByLibpq(text: string): string | undefined {
  const [, inside] = /^dbname='((?:[^'\\]|\\.)*)'$/s.exec(text) ?? [];
  return inside?.replace(/\\(.)/gs, '$1');
}

test('a name is one argument of a command of psql, which ends with its line', () => {
  fc.assert(
    fc.property(name, (text) => {
      expect(readByPsql(quoted(text))).toBe(text);
    }),
  );
  expect(quoted('a\n\\! touch /tmp/x')).toBe("'a\\n\\\\! touch /tmp/x'");
});

test('a name of a database is nothing else in a connection string, and in a command that has one', () => {
  fc.assert(
    fc.property(name, (text) => {
      expect(readByLibpq(conninfo(text))).toBe(text);
      expect(readByLibpq(readByPsql(quoted(conninfo(text))) ?? '')).toBe(text);
    }),
  );
});

test('a text is one value in SQL', () => {
  fc.assert(
    fc.property(name, (text) => {
      const [, inside] = /^'((?:[^']|'')*)'$/s.exec(literal(text)) ?? [];
      expect(inside?.replaceAll("''", "'")).toBe(text);
    }),
  );
});
