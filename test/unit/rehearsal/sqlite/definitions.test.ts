import { expect, test } from 'vitest';
import { affinityOf, checksIn, normalised } from '../../../../src/rehearsal/sqlite/definitions.ts';

test.each([
  ['INTEGER', 'integer'],
  ['unsigned big int', 'integer'],
  ['VARCHAR(20)', 'text'],
  ['CLOB', 'text'],
  ['', 'blob'],
  ['BLOB', 'blob'],
  ['double precision', 'real'],
  ['FLOAT', 'real'],
  ['DATETIME', 'numeric'],
  ['DECIMAL(10,2)', 'numeric'],
  ['CHARINT', 'integer'],
])('%j has the affinity %s', (declared, affinity) => {
  expect(affinityOf(declared)).toBe(affinity);
});

test.each([
  ['CREATE TABLE a (b int)', []],
  [
    'CREATE TABLE a (b int CHECK(b > 0), CHECK ( (b < 9) OR b IN (1,2) ))',
    ['b > 0', '( b < 9 ) OR b IN ( 1 , 2 )'],
  ],
  ['CREATE TABLE a (b text check (b <> \')\') /* CHECK (b) */, "check" int)', ["b < > ')'"]],
  ['CREATE TABLE a (b CHECK', []],
])('the checks of %s', (sql, checks) => {
  expect(checksIn(sql)).toEqual(checks);
});

test('spaces and comments do not matter, values do', () => {
  expect(normalised('SELECT  a, -- why\n b')).toBe(normalised('SELECT a,b'));
  expect(normalised("SELECT 'a  b'")).not.toBe(normalised("SELECT 'a b'"));
});
