import { describe, expect, test } from 'vitest';
import { judged, object, snapshot, told } from '../../../support/fixture-database.ts';

const found = (
  kind: Parameters<typeof object>[0],
  before: string,
  after: string,
  hasAllRows = true,
) =>
  told(
    judged(
      snapshot([], [object(kind, 'it', { definition: before })]),
      snapshot([], [object(kind, 'it', { definition: after })]),
      {},
      hasAllRows,
    ),
  );

const LONGER = ['expanding: view it has new columns at its end'];
const CHANGED = ['contracting: view it is changed'];

describe('a view', () => {
  test.each([
    ['a column at the end', 'SELECT a, b FROM t;', LONGER],
    ['an expression with brackets', 'SELECT a, (SELECT max(x) FROM u) AS b FROM t;', LONGER],
    ['other rows too', 'SELECT a, b FROM t WHERE a > 1;', CHANGED],
    ['rows of another table too', 'SELECT a, b FROM u UNION SELECT a, c FROM t;', CHANGED],
    ['the same query', 'SELECT a FROM t;', LONGER],
  ])('%s', (_, query, finds) => {
    expect(found('view', 'a int\nSELECT a FROM t;', `a int, b int\n${query}`)).toEqual(finds);
  });

  test('a column in the middle', () => {
    expect(found('view', 'a int\nSELECT a FROM t;', 'b int, a int\nSELECT b, a FROM t;')).toEqual(
      CHANGED,
    );
  });
});

describe('a sequence', () => {
  test('with more numbers', () => {
    expect(found('sequence', 'integer\n1\n9\n1', 'bigint\n1\n99\n1')).toEqual([
      'expanding: sequence it has more numbers, and all that it had',
    ]);
  });

  test.each([
    ['fewer numbers', 'integer\n1\n8\n1'],
    ['another step', 'integer\n1\n9\n2'],
    ['a narrower type', 'smallint\n1\n9\n1'],
  ])('with %s', (_, after) => {
    expect(found('sequence', 'integer\n1\n9\n1', after)).toEqual([
      'contracting: sequence it is changed',
    ]);
  });
});

const TAKEN = 'but values up to 9 are in use: inserts of the stable fail';

describe('a next number', () => {
  test.each<[string, string, string, string[]]>([
    ['moves on', '10\n1\n9', '11\n1\n10', []],
    ['is in use', '10\n1\n9', '3\n1\n9', [`contracting: next number it is 3, ${TAKEN}`]],
    ['was in use before', '3\n1\n9', '4\n1\n9', []],
    [
      'counts down',
      '-10\n-1\n-9',
      '-3\n-1\n-9',
      [`contracting: next number it is -3, ${TAKEN.replace('9', '-9')}`],
    ],
    ['is free again', '50\n1\n9', '10\n1\n9', ['none: next number it is set back from 50 to 10']],
    ['cannot be read', '10\n1\n9', '', ['contracting: next number it cannot be read']],
  ])('that %s', (_, before, after, finds) => {
    expect(found('next number', before, after)).toEqual(finds);
  });

  test('of a copy without all rows is not known to be free', () => {
    expect(found('next number', '50\n1\n9', '10\n1\n9', false)).toEqual([
      'contracting: next number it is set back from 50 to 10: numbers are given a second time',
    ]);
  });
});
