import { expect, test } from 'vitest';
import {
  type DatabaseState,
  type FileState,
  isSqlite,
  isSteady,
} from '../../../../src/rehearsal/sqlite/file-state.ts';

function main(mode: 'log' | 'journal', changes = 0): FileState {
  const head = Buffer.alloc(100);
  head.write('SQLite format 3\0', 'latin1');
  head[18] = mode === 'log' ? 2 : 1;
  head.writeUInt32BE(changes, 24);
  return { size: 4096, modified: 1, head };
}

function log(salt: number): FileState {
  const head = Buffer.alloc(100);
  head.writeUInt32BE(salt, 16);
  return { size: 1000, modified: 1, head };
}

function journal(nonce: number, magic = 'd9d505f920a163d7'): FileState {
  const head = Buffer.alloc(28);
  head.write(magic, 'hex');
  head.writeUInt32BE(nonce, 12);
  return { size: 1000, modified: 1, head };
}

const look = (file: FileState, rest: Partial<DatabaseState> = {}): DatabaseState => ({
  main: file,
  log: undefined,
  journal: undefined,
  ...rest,
});

test('a database is recognised by its first bytes', () => {
  expect(isSqlite(main('log').head)).toBe(true);
  expect(isSqlite(Buffer.alloc(100))).toBe(false);
  expect(isSqlite(main('log').head.subarray(0, 50))).toBe(false);
});

const [calm, moved] = [main('journal'), main('journal', 1)];

test.each<[string, DatabaseState, DatabaseState, boolean]>([
  ['nothing changed', look(calm), look(calm), true],
  ['a transaction ended', look(calm), look(moved), false],
  ['it grew', look(calm), look({ ...calm, size: 8192 }), false],
  ['it was written to', look(calm), look({ ...calm, modified: 2 }), false],
  ['a transaction began', look(calm), look(calm, { journal: journal(1) }), false],
  [
    'one was left open',
    look(calm, { journal: journal(1) }),
    look(calm, { journal: journal(1) }),
    true,
  ],
  ['another came', look(calm, { journal: journal(1) }), look(calm, { journal: journal(2) }), false],
  ['an emptied journal came', look(calm), look(calm, { journal: journal(0, '0000') }), true],
  [
    'the log went on',
    look(main('log'), { log: log(1) }),
    look(main('log', 1), { log: log(1) }),
    true,
  ],
  [
    'the log began anew',
    look(main('log'), { log: log(1) }),
    look(main('log'), { log: log(2) }),
    false,
  ],
  ['a log came', look(main('log')), look(main('log'), { log: log(1) }), false],
  [
    'a log without use lies there',
    look(calm, { log: log(1) }),
    look(moved, { log: log(1) }),
    false,
  ],
])('%s', (_, before, after, steady) => {
  expect(isSteady(before, after)).toBe(steady);
});
