import { expect, test } from 'vitest';
import type { Constraint, DatabaseObject, Index } from '../../../../src/database/snapshot.ts';
import { judged, object, snapshot, table, told } from '../../../support/fixture-database.ts';

const index = (rest: Partial<Index> = {}): Index => ({
  id: '1',
  name: 'by_code',
  isUnique: false,
  definition: 'on code',
  ...rest,
});

test.each<[string, Index[], Index[], string[]]>([
  ['a new index', [], [index()], ['expanding: index by_code of a is new']],
  [
    'a new unique index',
    [],
    [index({ isUnique: true })],
    ['contracting: unique index by_code of a is new'],
  ],
  ['a dropped index', [index()], [], ['contracting: index by_code of a is dropped']],
  ['an index made anew as it was', [index()], [index({ id: '2' })], []],
  [
    'an index made anew in another way',
    [index()],
    [index({ id: '2', definition: 'on id' })],
    ['contracting: index by_code of a is dropped', 'expanding: index by_code of a is new'],
  ],
  [
    'an index changed, on a server without ids',
    [index()],
    [index({ definition: 'on id' })],
    ['contracting: index by_code of a is changed'],
  ],
  [
    'an index that is unique now',
    [index()],
    [index({ isUnique: true })],
    ['contracting: index by_code of a is changed and unique now'],
  ],
  [
    'a renamed index',
    [index()],
    [index({ name: 'codes', definition: 'codes on code' })],
    ['expanding: index by_code of a is renamed to codes'],
  ],
])('%s', (_, before, after, findings) => {
  const seen = judged(
    snapshot([table('a', { indexes: before })]),
    snapshot([table('a', { indexes: after })]),
  );
  expect(told(seen)).toEqual(findings);
});

const check: Constraint = { name: 'positive', kind: 'check', definition: 'price > 0' };
const key: Constraint = { name: 'a_pkey', kind: 'primary key', definition: 'id' };

test.each<[string, Constraint[], Constraint[], string[]]>([
  ['a new check', [], [check], ['contracting: check positive of a is new']],
  ['a dropped check', [check], [], ['expanding: check positive of a is dropped']],
  ['a dropped key', [key], [], ['contracting: primary key a_pkey of a is dropped']],
  [
    'another name alone',
    [check],
    [{ ...check, name: 'above_zero' }],
    ['none: check positive of a is renamed to above_zero'],
  ],
  [
    'the second step of one that was not validated',
    [{ ...check, isUnchecked: true }],
    [check],
    ['expanding: check positive of a is checked for all rows now'],
  ],
  [
    'one that is no longer enforced',
    [check],
    [{ ...check, isUnchecked: true }],
    ['contracting: check positive of a is no longer checked for all rows'],
  ],
  [
    'a changed check',
    [check, key],
    [{ ...check, definition: 'price > 1' }, key],
    ['contracting: check positive of a is changed'],
  ],
])('%s', (_, before, after, findings) => {
  const seen = judged(
    snapshot([table('a', { constraints: before })]),
    snapshot([table('a', { constraints: after })]),
  );
  expect(told(seen)).toEqual(findings);
});

const mood = object('type', 'mood', { definition: 'sad\nhappy' });
const numbers = object('sequence', 'numbers');
const grant = object('grant', 'select on a to shop');

test.each<[string, DatabaseObject[], DatabaseObject[], string[]]>([
  ['a new view', [], [object('view', 'v')], ['expanding: view v is new']],
  ['a dropped view', [object('view', 'v')], [], ['contracting: view v is dropped']],
  ['a view made anew as it was', [object('view', 'v')], [object('view', 'v', { id: '2' })], []],
  [
    'a changed function',
    [object('function', 'total(integer, text)')],
    [object('function', 'total(integer, text)', { definition: 'other' })],
    ['contracting: function total(integer, text) is changed'],
  ],
  [
    'a renamed type',
    [mood],
    [{ ...mood, name: 'feeling' }],
    ['contracting: type mood is renamed to feeling'],
  ],
  [
    'an enumeration with another value',
    [mood],
    [{ ...mood, definition: 'sad\nfine\nhappy' }],
    ['expanding: type mood has new values'],
  ],
  [
    'an enumeration without one of its values',
    [mood],
    [{ ...mood, definition: 'happy' }],
    ['contracting: type mood is changed'],
  ],
  [
    'a sequence that starts again',
    [numbers],
    [{ ...numbers, id: 'other' }],
    ['contracting: sequence numbers is dropped and recreated, and counts from its start'],
  ],
  ['a right that is taken away', [grant], [], [`contracting: grant ${grant.name} is taken away`]],
  [
    'a trigger on a table of the stable',
    [],
    [object('trigger', 'stamp', { table: 'a' })],
    ['contracting: trigger stamp of a is new'],
  ],
  ['a trigger on a new table', [], [object('trigger', 'stamp', { table: 'new' })], []],
])('%s', (_, before, after, findings) => {
  const seen = judged(snapshot([table('a')], before), snapshot([table('a')], after));
  expect(told(seen)).toEqual(findings);
});
