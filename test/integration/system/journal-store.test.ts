import {
  appendFile,
  readdir,
  readFile,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReleaseEvent } from '../../../src/rollout/events.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { JournalFiles } from '../../../src/system/state/journal-store.ts';
import { emptyFolder } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const event = (reason: string): ReleaseEvent => ({
  type: 'state-changed',
  state: 'failed',
  reason,
});

async function reasons(store: JournalFiles, id: string): Promise<string[]> {
  const records = await store.read(id);
  return records.map((each) => (each.type === 'state-changed' ? each.reason : each.type));
}

test('records are read back in order, one file per release', async () => {
  const store = new JournalFiles(join(await emptyFolder(), 'releases'), systemClock);
  expect(await store.list()).toEqual([]);
  await store.append('20260102-b', event('second release'));
  await store.append('20260101-a', event('first'));
  await store.append('20260101-a', event('then'));
  expect(await store.list()).toEqual(['20260101-a', '20260102-b']);
  expect(await reasons(store, '20260101-a')).toEqual(['first', 'then']);
  expect(await store.read('unknown')).toEqual([]);
});

test('a file torn at any byte keeps the complete records and accepts new ones (promise 7)', async () => {
  const folder = await emptyFolder();
  const store = new JournalFiles(folder, systemClock);
  // Characters of one to four bytes: a cut can be inside one.
  for (const reason of ['one', 'zwölf', '€uro', '🐤 canary'])
    await store.append('whole', event(reason));
  const bytes = await readFile(join(folder, 'whole.jsonl'));
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), async (length) => {
      await writeFile(join(folder, 'torn.jsonl'), bytes);
      await truncate(join(folder, 'torn.jsonl'), length);
      const kept = bytes.subarray(0, length).filter((byte) => byte === 10).length;
      await store.append('torn', event('after'));
      expect(await reasons(store, 'torn')).toEqual([
        ...['one', 'zwölf', '€uro', '🐤 canary'].slice(0, kept),
        'after',
      ]);
    }),
  );
});

test('a journal is complete after another writer died in a write, and can be written to if a line is damaged', async () => {
  const folder = await emptyFolder();
  const store = new JournalFiles(folder, systemClock);
  const path = join(folder, 'r.jsonl');
  await store.append('r', event('one'));
  await new JournalFiles(folder, systemClock).append('r', event('of another process'));
  await appendFile(path, '{"v":1,"at":"2026-');
  await store.append('r', event('two'));
  expect(await reasons(store, 'r')).toEqual(['one', 'of another process', 'two']);
  // What is broken bars no writer: a way out must be able to go on.
  await appendFile(path, 'no record\n');
  await store.append('r', event('three'));
  expect((await refusal(() => store.read('r'))).message).toContain(
    'line 4 is not a journal record',
  );
});

test('a removed journal is gone, and can be removed twice', async () => {
  const store = new JournalFiles(await emptyFolder(), systemClock);
  await store.append('20260101-a', event('one'));
  await store.append('20260101-b', event('one'));
  await store.remove('20260101-a');
  await store.remove('20260101-a');
  expect(await store.list()).toEqual(['20260101-b']);
});

test('database backups are readable by their owner only, and are removed with their release', async () => {
  const folder = await emptyFolder();
  const store = new JournalFiles(folder, systemClock);
  await store.append('20260101-a', event('one'));
  const { path, name } = await store.backupFolder('20260101-a');
  expect(path).toBe(join(folder, name));
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await writeFile(join(path, 'db.sql.gz'), '');
  await store.backupFolder('20260101-a');
  expect(await store.list()).toEqual(['20260101-a']);
  await store.remove('20260101-a');
  expect(await readdir(folder)).toEqual([]);
});

test('a journal of another version is rejected', async () => {
  const folder = await emptyFolder();
  const store = new JournalFiles(folder, systemClock);
  const path = join(folder, 'r.jsonl');
  await writeFile(path, '{"v":9,"at":"2026-01-01T00:00:00.000Z","type":"release-resumed"}\n');
  expect(await refusal(() => store.read('r'))).toMatchObject({
    code: 'journal-unreadable',
    message: 'The journal of release r cannot be read: line 1 has version 9, not 1.',
  });
});

test('a link in place of a journal or its evidence is not followed', async () => {
  const folder = await emptyFolder();
  const victim = join(await emptyFolder(), 'victim');
  await writeFile(victim, '');
  for (const name of ['r.jsonl', 'r.evidence']) await symlink(victim, join(folder, name));
  const store = new JournalFiles(folder, systemClock);
  await expect(store.append('r', event('one'))).rejects.toThrow('ELOOP');
  await expect(store.keepEvidence('r', 'line')).rejects.toThrow('ELOOP');
  expect(await readFile(victim, 'utf8')).toBe('');
});
