import { expect, test } from 'vitest';
import type { Snapshot } from '../../../src/database/snapshot.ts';
import { wayLines } from '../../../src/database/ways.ts';
import { column, judged, snapshot, table } from '../../support/fixture-database.ts';

const GO = '`canary deploy --branch BRANCH`, `canary promote`.';
const CONTRACT = '`canary deploy --branch BRANCH --allow contracting:users`.';

const users = (...columns: ReturnType<typeof column>[]) => snapshot([table('users', { columns })]);
const email = column('email', { type: 'character varying(50)' });

test.each<[string, Snapshot, Snapshot, string[]]>([
  [
    'a dropped column',
    users(email),
    users(),
    [`1. Leave: the code no longer uses users.email. ${GO}`, `2. Drop users.email: ${CONTRACT}`],
  ],
  [
    'a dropped column that inserts must name',
    users({ ...email, isNullable: false }),
    users(),
    [
      `1. Leave: the code no longer uses users.email. Make it nullable, because inserts leave it out. ${GO}`,
      `2. Drop users.email: ${CONTRACT}`,
    ],
  ],
  [
    'a renamed column',
    users({ ...email, isNullable: false }),
    users({ ...email, isNullable: false, name: 'mail' }),
    [
      `1. Add: create users.mail and fill it from users.email. The code writes both and reads users.email. ${GO}`,
      `2. Switch: fill users.mail where the old code wrote only users.email. Make users.email nullable. The code reads users.mail and still writes both. ${GO}`,
      `3. Leave: the code uses only users.mail. ${GO}`,
      `4. Drop users.email: ${CONTRACT}`,
    ],
  ],
  [
    'a column that may no longer be null',
    users(email),
    users({ ...email, isNullable: false }),
    [
      `1. Write: the code gives users.email a value in every row that it writes. ${GO}`,
      `2. Fill: give it a value where it is null. ${GO}`,
      `3. Require: make it NOT NULL. ${CONTRACT}`,
    ],
  ],
  [
    'a new column that may not be null',
    users(),
    users({ ...email, isNullable: false }),
    [
      `1. Add: create users.email as nullable. The code gives it a value in every row that it writes. ${GO}`,
      '2. Fill: give it a value where it is null. '.concat(GO),
      `3. Require: make it NOT NULL. ${CONTRACT}`,
    ],
  ],
  [
    'a narrower type',
    users(email),
    users({ ...email, type: 'character varying(20)' }),
    [
      `1. Limit: the code writes only values that fit character varying(20) into users.email. ${GO}`,
      `2. Correct: change the rows whose email does not fit. ${GO}`,
      `3. Narrow: change the type to character varying(20). ${CONTRACT}`,
    ],
  ],
  [
    'another type',
    users(email),
    users({ ...email, type: 'jsonb' }),
    [
      `1. Add: create users.email_new as jsonb and fill it from users.email. The code writes both and reads users.email. ${GO}`,
      `2. Switch: fill users.email_new where the old code wrote only users.email. The code reads users.email_new and still writes both. ${GO}`,
      `3. Leave: the code uses only users.email_new. ${GO}`,
      `4. Drop users.email: ${CONTRACT}`,
    ],
  ],
  [
    'another default',
    users({ ...email, hasDefault: true, default: 'a' }),
    users({ ...email, hasDefault: true, default: 'b' }),
    [
      `1. Name: every insert of the code names users.email, with the value that it wants. ${GO}`,
      `2. Change the default: ${CONTRACT}`,
    ],
  ],
  [
    'a renamed table',
    snapshot([table('users')]),
    snapshot([table('people', { id: 'users' })]),
    [
      `1. Add: create people and fill it from users. The code writes both and reads users. ${GO}`,
      `2. Switch: fill people where the old code wrote only users. The code reads people and still writes both. ${GO}`,
      `3. Leave: the code uses only people. ${GO}`,
      '4. Drop users: `canary deploy --branch BRANCH --allow destructive:users`.',
    ],
  ],
  [
    'a dropped table',
    snapshot([table('users')]),
    snapshot([]),
    [
      `1. Leave: the code no longer uses users. ${GO}`,
      '2. Drop users: `canary deploy --branch BRANCH --allow destructive:users`.',
    ],
  ],
])('the releases that end in %s', (_, before, after, steps) => {
  const findings = judged(before, after);
  const [title, ...lines] = wayLines(findings);
  expect(title).toBe(`Instead of “${findings[0]?.text}”, one release after the other:`);
  expect(lines.map((each) => each.trim())).toEqual(steps);
});

test('an index that locks its table is to be built concurrently', () => {
  const world = snapshot([table('users')]);
  const lines = (statement: string) =>
    wayLines(
      judged(world, world, { locks: [{ table: 'users', ms: 5000, blocks: 'writes', statement }] }),
    );
  expect(lines('CREATE INDEX users_email ON users (email)')).toEqual([
    'Instead of “table users is locked against writes for 5.0 s”, do this:',
    '  Build the index without the lock: `CREATE INDEX CONCURRENTLY`, outside of a transaction (PostgreSQL).',
  ]);
  expect(lines('CREATE INDEX CONCURRENTLY users_email ON users (email)')).toEqual([]);
  expect(lines('ALTER TABLE users ADD b int')).toEqual([]);
});

test('what is safe needs no steps', () => {
  const findings = judged(users(), users(email));
  expect(findings.map(({ class: level }) => level)).toEqual(['expanding']);
  expect(wayLines(findings)).toEqual([]);
});

test('of many ways the first are shown, each once', () => {
  const tables = ['a', 'b', 'c', 'd', 'e'].map((name) => table(name));
  const findings = judged(snapshot(tables), snapshot([]));
  const lines = wayLines([...findings, ...findings]);
  expect(lines.filter((each) => each.startsWith('Instead'))).toHaveLength(3);
  expect(lines.at(-1)).toBe('The steps for 2 more are in `canary rehearse --json`.');
});
