import { expect, test } from 'vitest';
import { namingIn } from '../../../../src/rehearsal/mysql/cursor.ts';
import {
  heldLocks,
  type LockSample,
  locksByDuration,
  takerOf,
} from '../../../../src/rehearsal/mysql/locks.ts';
import { doneIn } from '../../../../src/rehearsal/mysql/log.ts';

function sample(look: number, over: Partial<LockSample> = {}): LockSample {
  return {
    look,
    at: look * 50,
    thread: 7,
    table: 'a',
    mode: 'MDL_EXCLUSIVE',
    text: 'DO SLEEP(1)',
    ...over,
  };
}

const done = doneIn(
  [
    ['UPDATE a SET b = 1', 2],
    ['LOCK TABLES a WRITE', 1],
    ['ALTER TABLE a FORCE', 900],
  ].map(([text, ms]) => ({
    account: 'app[app] @ [10.0.0.2]',
    thread: 7,
    schema: 'shop',
    text: String(text),
    ms: Number(ms),
  })),
  namingIn('shop'),
);

test('a lock lasts as long as consecutive looks see it', () => {
  const looks = [1, 2, 3, 5, 6].map((look) => sample(look));
  expect(heldLocks(looks).map(({ ms }) => ms)).toEqual([100, 50]);
});

test('a lock that allows reads blocks only writes, and counts separately', () => {
  const looks = [
    sample(1),
    sample(1, { mode: 'SHARED_NO_WRITE' }),
    sample(2, { mode: 'SHARED_NO_WRITE' }),
  ];
  expect(heldLocks(looks).map(({ blocks, ms }) => [blocks, ms])).toEqual([
    ['reads and writes', 0],
    ['writes', 50],
  ]);
});

test('a lock is attributed to the last statement of its session that names the table', () => {
  const [held] = heldLocks([sample(1)]);
  const [other] = heldLocks([sample(1, { thread: 8 })]);
  const [running] = heldLocks([sample(1, { text: 'LOCK TABLES a WRITE' })]);
  if (!held || !other || !running) throw new Error('no lock');
  expect(takerOf(held, done)).toMatchObject({ text: 'ALTER TABLE a FORCE', address: '10.0.0.2' });
  expect(takerOf(running, done)).toMatchObject({ text: 'LOCK TABLES a WRITE' });
  expect(takerOf(other, done)).toEqual({ text: 'DO SLEEP(1)' });
});

test('without access to locks, an ALTER counts as a lock for its duration', () => {
  expect(locksByDuration(done)).toMatchObject([{ table: 'a', blocks: 'writes', ms: 900 }]);
});
