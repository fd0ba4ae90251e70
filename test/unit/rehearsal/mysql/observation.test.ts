import { expect, test } from 'vitest';
import type { Snapshot } from '../../../../src/database/snapshot.ts';
import { namingIn } from '../../../../src/rehearsal/mysql/cursor.ts';
import { doneIn } from '../../../../src/rehearsal/mysql/log.ts';
import { observationOf, type Seen } from '../../../../src/rehearsal/mysql/observation.ts';

const NONE = { columns: [], indexes: [], constraints: [] };
const GRANT = { kind: 'grant' as const, definition: 'SELECT' };
const SNAPSHOT: Snapshot = {
  tables: [
    { id: '1', storage: '1', name: 'a', rows: 20, ...NONE },
    { id: '2', storage: '2', name: 'audit.b', rows: 20, ...NONE },
  ],
  objects: [
    { ...GRANT, id: "'app'@'%' on shop.*", name: "'app'@'%' on shop.*" },
    { ...GRANT, id: "'other'@'%' on shop.*", name: "'other'@'%' on shop.*" },
  ],
};

function observed(statements: readonly [string, string][], seen: Partial<Seen> = {}) {
  const log = statements.map(([address, text], index) => ({
    account: `app[app] @  [${address}]`,
    thread: index,
    schema: 'shop',
    text,
    ms: 900,
  }));
  const done = doneIn(log, namingIn('shop'));
  return observationOf(
    {
      before: SNAPSHOT,
      after: SNAPSHOT,
      done,
      losses: [],
      locks: [],
      definition: { before: new Map(), after: new Map() },
      ...seen,
    },
    (address) => (address === '10.0.0.2' ? { service: 'web-canary' } : undefined),
  );
}

test('statements of other clients are left out', () => {
  const { changes } = observed([
    ['10.0.0.9', 'DROP TABLE a'],
    ['10.0.0.2', "ALTER TABLE a COMMENT = 'secret'"],
  ]);
  expect(changes).toEqual([
    { objects: ['a'], statement: "ALTER TABLE a COMMENT = '…'", service: 'web-canary' },
  ]);
});

test('a dropped database means all its tables, a statement about an account all its grants', () => {
  const { changes } = observed([
    ['10.0.0.2', 'DROP DATABASE audit'],
    ['10.0.0.2', "REVOKE SELECT ON shop.* FROM 'app'@'%'"],
  ]);
  expect(changes.map(({ objects }) => objects)).toEqual([
    ['audit.b'],
    ["'app'@'%' on shop.*", "'app'@'%' on shop.*"],
  ]);
});

test('lost rows are attributed to the widest DELETE, changed ones to the widest UPDATE', () => {
  const { writes } = observed(
    [
      ['10.0.0.2', 'DELETE FROM a WHERE id = 1'],
      ['10.0.0.2', 'DELETE FROM a WHERE id > 2'],
      ['10.0.0.2', 'UPDATE a SET b = 1'],
      ['10.0.0.2', 'UPDATE a SET b = 1 WHERE id = 3'],
    ],
    { losses: [{ table: '1', lost: 5, changed: 7 }] },
  );
  const who = { table: 'a', service: 'web-canary' };
  expect(writes).toEqual([
    { ...who, kind: 'delete', rows: 5, statement: 'DELETE FROM a WHERE id > 2' },
    { ...who, kind: 'update', rows: 7, statement: 'UPDATE a SET b = 1' },
  ]);
});

test('rows that were deleted and inserted with other values count as changed', () => {
  const { writes } = observed([['10.0.0.2', 'DELETE FROM audit.b']], {
    losses: [{ table: '2', lost: 0, changed: 20 }],
  });
  expect(writes).toMatchObject([
    { table: 'audit.b', kind: 'delete', rows: 0 },
    { table: 'audit.b', kind: 'update', rows: 20, statement: 'DELETE FROM audit.b' },
  ]);
});

test('without access to locks, an ALTER counts as a lock for its duration', () => {
  const { locks } = observed([['10.0.0.2', 'ALTER TABLE a FORCE']], { locks: undefined });
  expect(locks).toEqual([
    {
      table: 'a',
      blocks: 'writes',
      ms: 900,
      statement: 'ALTER TABLE a FORCE',
      service: 'web-canary',
    },
  ]);
});
