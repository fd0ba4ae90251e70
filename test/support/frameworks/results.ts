import { readFile, writeFile } from 'node:fs/promises';
import type { Framework, Verdict } from './framework.ts';
import { versionsOf } from './image.ts';

/** From this file `npm run docs` makes a table. */
const RESULTS = new URL('../../../bench/results/frameworks.json', import.meta.url);

export interface Measured {
  title: string;
  versions: readonly string[];
  changes: Partial<Record<string, { verdict: Verdict; seconds: number }>>;
}

/** Keeps what was measured of a framework in place of what was known of the same changes. */
export async function writeResults(
  { title, packages }: Framework,
  changes: Measured['changes'],
): Promise<void> {
  const versions = (await versionsOf(packages)).map(
    (version, index) => `${packages[index]} ${version}`,
  );
  const known: Measured[] = JSON.parse(await readFile(RESULTS, 'utf8').catch(() => '[]'));
  const others = known.filter((each) => each.title !== title);
  const earlier = known.find((each) => each.title === title)?.changes;
  const all = [...others, { title, versions, changes: { ...earlier, ...changes } }].sort(
    (left, right) => (left.title < right.title ? -1 : 1),
  );
  await writeFile(RESULTS, `${JSON.stringify(all, null, 2)}\n`);
}
