import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operation } from '../../src/rollout/operation.ts';
import type { Storedog } from './storedog.ts';

/** The fields of a journal record that tests use. */
export interface JournalRecord {
  type: string;
  operation?: Operation;
  state?: string;
  reason?: string;
  weight?: number;
}

/** Every record of every journal, oldest first. Reads the files, because a status takes a while and a step is short. */
export async function journalRecords(shop: Storedog): Promise<JournalRecord[]> {
  const directory = join(shop.directory, '.canary/releases');
  const names = await readdir(directory).catch(() => []);
  const texts = await Promise.all(
    names.sort().map((name) => readFile(join(directory, name), 'utf8')),
  );
  return texts
    .flatMap((text) => text.slice(0, text.lastIndexOf('\n') + 1).split('\n'))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalRecord);
}

/** Starts canary and waits until it has written such a record. Throws if it ends without one. */
export async function startUntilRecord(
  shop: Storedog,
  isIt: (record: JournalRecord) => boolean,
  ...args: string[]
): Promise<{ child: ReturnType<Storedog['start']> }> {
  const seen = (await journalRecords(shop)).length;
  const child = shop.start(...args);
  let ended: unknown;
  void child.then((result) => {
    ended = result;
  });
  while (!(await journalRecords(shop)).slice(seen).some(isIt)) {
    if (ended)
      throw new Error(`canary ${args.join(' ')} ended too early: ${JSON.stringify(ended)}`);
    // Some operations take only a moment; polling all the time would leave one core less to the command.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  // In an object, because awaiting a process would wait for its end.
  return { child };
}
