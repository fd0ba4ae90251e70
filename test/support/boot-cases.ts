import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rehearsed } from './rehearsal-shop.ts';
import type { Storedog } from './storedog.ts';

/** One table per case, so that one boot covers all of them. */
export const TABLES = [
  'truncated',
  'deleted',
  'overwritten',
  'column_dropped',
  'column_renamed',
  'narrowed',
  'required',
  'locked',
  'nullable',
  'indexed',
  'backfilled',
  'rolled_back',
  'tidied',
  'recreated',
  'read',
].map((name) => `t_${name}`);

/** What was found for each table: class, kind and the service that did it. */
export function foundByTable(
  { findings }: Pick<Rehearsed, 'findings'>,
  tables: readonly string[],
): Record<string, string[]> {
  return Object.fromEntries(
    tables.map((table) => [
      table,
      findings
        .filter(({ object }) => object === table)
        .map((each) => `${each.class} ${each.kind} ${each.service ?? ''}`),
    ]),
  );
}

/** The report of a rehearsal that was part of a deploy, from the newest journal. */
export async function rehearsedBy(shop: Storedog): Promise<Omit<Rehearsed, 'result' | 'needs'>> {
  const directory = join(shop.directory, '.canary/releases');
  const [newest = ''] = (await readdir(directory))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .reverse();
  const records = (await readFile(join(directory, newest), 'utf8')).split('\n');
  const line = records.find((each) => each.includes('"type":"rehearsed"'));
  if (!line) throw new Error('No rehearsal is recorded.');
  return JSON.parse(line).report;
}
