import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/database/finding.ts';
import { postgres } from '../../src/rehearsal/postgres/postgres.ts';
import {
  doneIn,
  expectEveryKind,
  foundIn,
  givenOf,
  linesOf,
  unexpectedIn,
} from '../support/definition-matrix/matrix.ts';
import { POSTGRES } from '../support/definition-matrix/postgres.ts';
import { PostgresPair } from '../support/postgres-pair.ts';

let pair: PostgresPair;
let findings: Finding[] = [];

beforeAll(async () => {
  pair = await PostgresPair.create(givenOf(POSTGRES));
  const copy = await pair.copy();
  const watch = await postgres.watch(copy);
  const { address, failed } = await pair.canary(copy, doneIn(POSTGRES));
  expect(failed).toBe(false);
  findings = foundIn(
    await watch.end((from) => (from === address ? { service: 'web' } : undefined)),
  );
});
afterAll(() => pair?.dispose());

test.each(Object.entries(POSTGRES))('%s', (_, { finds }) => {
  const lines = linesOf(findings);
  expect(finds.filter((each) => !lines.includes(each))).toEqual([]);
});

test('nothing else', () => {
  expect(unexpectedIn(findings, POSTGRES)).toEqual([]);
});

test('every kind', () => {
  expectEveryKind(findings, 'PostgreSQL');
});

test.each([
  ['a sequence restarted', 'alter sequence restarted_id_seq restart'],
  ['another owner of a table', 'alter table owned owner to owner_a'],
  [
    'a rule that swallows inserts',
    'create rule nothing as on insert to swallowed do instead nothing',
  ],
  ['rights of an owner taken away', 'revoke insert on revoked from shop'],
])('%s has its statement and its service', (name, statement) => {
  const [line] = POSTGRES[name]?.finds ?? [];
  const found = findings.find((each) => linesOf([each])[0] === line);
  expect(found).toMatchObject({ statement, service: 'web' });
});

test('nothing changed if nothing did', async () => {
  const copy = await pair.copy();
  const watch = await postgres.watch(copy);
  const { failed } = await pair.canary(copy, "insert into moving (code) values ('another')");
  expect(failed).toBe(false);
  expect(foundIn(await watch.end(() => ({ service: 'web' })))).toEqual([]);
});
