import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/database/finding.ts';
import {
  doneIn,
  expectEveryKind,
  foundIn,
  givenOf,
  linesOf,
  unexpectedIn,
} from '../../support/definition-matrix/matrix.ts';
import { MYSQL } from '../../support/definition-matrix/mysql.ts';
import { MariadbPair } from '../../support/mariadb-pair.ts';

let pair: MariadbPair;
let findings: Finding[] = [];
let nothing: Finding[] = [];

beforeAll(async () => {
  pair = await MariadbPair.start({
    environment: {
      MARIADB_ROOT_PASSWORD: 'root\'s \\ "secret"',
      MARIADB_DATABASE: 'shop',
      MARIADB_USER: 'app',
      MARIADB_PASSWORD: 'app\'s \\ "secret"',
    },
    sql: `grant all on *.* to app with grant option;\nuse shop;\n${givenOf(MYSQL)}`,
  });
  const copy = await pair.copy();
  nothing = foundIn(await pair.observed(copy, "insert into moving (code) values ('another');"));
  findings = foundIn(await pair.observed(copy, doneIn(MYSQL)));
});
afterAll(() => pair?.dispose());

test.each(Object.entries(MYSQL))('%s', (_, { finds }) => {
  const lines = linesOf(findings);
  expect(finds.filter((each) => !lines.includes(each))).toEqual([]);
});

test('nothing else', () => {
  expect(unexpectedIn(findings, MYSQL)).toEqual([]);
});

test('every kind', () => {
  expectEveryKind(findings, 'MySQL');
});

test('nothing changed if nothing did', () => {
  expect(nothing).toEqual([]);
});
