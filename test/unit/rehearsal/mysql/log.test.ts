import { expect, test } from 'vitest';
import { namingIn } from '../../../../src/rehearsal/mysql/cursor.ts';
import { doneIn } from '../../../../src/rehearsal/mysql/log.ts';

function done(...texts: (string | [number, string])[]): string[] {
  const log = texts.map((each) => {
    const [thread, text] = typeof each === 'string' ? [1, each] : each;
    return { account: 'app[app] @ web.net [10.0.0.2]', thread, schema: 'shop', text, ms: 1 };
  });
  return doneIn(log, namingIn('shop'))
    .filter(({ actions }) => actions.length > 0)
    .map(({ text }) => text);
}

test('rolled back or uncommitted statements do not count', () => {
  expect(done('BEGIN', 'DELETE FROM a', 'ROLLBACK', 'DELETE FROM b')).toEqual(['DELETE FROM b']);
  expect(done('START TRANSACTION', 'DELETE FROM a')).toEqual([]);
  expect(done('SET SESSION autocommit = 0', 'DELETE FROM a', 'COMMIT', 'DELETE FROM b')).toEqual([
    'DELETE FROM a',
  ]);
  expect(done('SET @@autocommit=0', 'DELETE FROM a', 'SET autocommit=1')).toEqual([
    'DELETE FROM a',
  ]);
});

test('a definition commits the statements before it, of its own session only', () => {
  expect(done('BEGIN', 'DELETE FROM a', 'DROP TABLE b', 'ROLLBACK')).toEqual([
    'DELETE FROM a',
    'DROP TABLE b',
  ]);
  expect(done('BEGIN', 'DELETE FROM a', [2, 'DROP TABLE b'], 'ROLLBACK')).toEqual(['DROP TABLE b']);
});

test('a rollback to a savepoint keeps the statements before it', () => {
  expect(done('BEGIN', 'DELETE FROM a', 'ROLLBACK TO SAVEPOINT s', 'COMMIT')).toEqual([
    'DELETE FROM a',
  ]);
});

test('a statement inside a procedure has the address of its session', () => {
  const entry = { thread: 1, schema: 'shop', ms: 1 };
  const log = [
    { ...entry, account: 'root[root] @ localhost [localhost]', text: 'DELETE FROM a' },
    { ...entry, account: 'app[app] @  [10.0.0.2]', text: 'CALL wipe()' },
    { ...entry, thread: 2, account: 'root[root] @ localhost []', text: 'DELETE FROM b' },
  ];
  expect(doneIn(log, namingIn('shop')).map(({ address }) => address)).toEqual([
    '10.0.0.2',
    '10.0.0.2',
    '',
  ]);
});
