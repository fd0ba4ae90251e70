import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/database/finding.ts';
import { postgres } from '../../../src/rehearsal/postgres/postgres.ts';
import {
  doneIn,
  expectEveryKind,
  foundIn,
  givenOf,
  linesOf,
  unexpectedIn,
} from '../../support/definition-matrix/matrix.ts';
import { POSTGRES } from '../../support/definition-matrix/postgres.ts';
import { PostgresPair } from '../../support/postgres-pair.ts';

let pair: PostgresPair;
let findings: Finding[] = [];

beforeAll(async () => {
  pair = await PostgresPair.create(givenOf(POSTGRES));
  const copy = await pair.copy();
  const watch = await postgres.watch(copy);
  const { address, failed } = await pair.canary(copy, doneIn(POSTGRES));
  expect(failed).toBe(false);
  findings = foundIn(await watch.end((from) => (from === address ? 'web' : undefined)));
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
