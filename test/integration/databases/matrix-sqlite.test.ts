import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/database/finding.ts';
import { observationOf, stateOf } from '../../../src/rehearsal/sqlite/observation.ts';
import { openSqlite } from '../../../src/system/sqlite/sqlite.ts';
import {
  doneIn,
  expectEveryKind,
  foundIn,
  givenOf,
  linesOf,
  unexpectedIn,
} from '../../support/definition-matrix/matrix.ts';
import { SQLITE } from '../../support/definition-matrix/sqlite.ts';

let folder: string;
let findings: Finding[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canary-sqlite-'));
  findings = await foundAfter(doneIn(SQLITE));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is found of a database on which these statements were executed. */
async function foundAfter(statements: string): Promise<Finding[]> {
  const [before, after] = ['before', 'after'].map((each) => join(folder, each)) as [string, string];
  await writeFile(before, '');
  await execute(before, givenOf(SQLITE));
  await copyFile(before, after);
  const state = await reading(before, stateOf);
  await execute(after, statements);
  const { signal } = new AbortController();
  return reading(after, async (database) => {
    const { observation } = await observationOf(database, state, before, signal);
    return foundIn(observation);
  });
}

function execute(path: string, statements: string): Promise<void> {
  return reading(path, (database) => database.exec(statements));
}

async function reading<T>(
  path: string,
  read: (database: Awaited<ReturnType<typeof openSqlite>>) => T | Promise<T>,
): Promise<T> {
  const database = await openSqlite(path);
  try {
    return await read(database);
  } finally {
    database.close();
  }
}

test.each(Object.entries(SQLITE))('%s', (_, { finds }) => {
  const lines = linesOf(findings);
  expect(finds.filter((each) => !lines.includes(each))).toEqual([]);
});

test('nothing else', () => {
  expect(unexpectedIn(findings, SQLITE)).toEqual([]);
});

test('every kind', () => {
  expectEveryKind(findings, 'SQLite');
});

test('nothing changed if nothing did', async () => {
  expect(await foundAfter('insert into moving (n) values (2)')).toEqual([]);
});
