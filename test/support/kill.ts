import { readdir, readFile } from 'node:fs/promises';
import { startUntilRecord } from './journals.ts';
import { type Storedog, until } from './storedog.ts';

interface At {
  kind: string;
  side?: string;
}

/** Starts canary and kills it with -9 during the first operation of that kind (and side). */
export async function killAt(shop: Storedog, at: At, ...args: string[]): Promise<void> {
  const { child } = await startUntil(shop, at, ...args);
  child.kill('SIGKILL');
  const { signal } = await child;
  if (signal !== 'SIGKILL') throw new Error(`canary ${args.join(' ')} ended before it was killed.`);
  // What the dead process had requested from Compose continues.
  await until('Compose is done', async () => (await processesAbout(shop.directory)) === 0);
}

/** How many processes of this machine were started with this folder among their arguments. */
async function processesAbout(directory: string): Promise<number> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    // A process that has ended meanwhile has no line.
    numbers.map((number) => readFile(`/proc/${number}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(directory)).length;
}

/** Starts canary and waits until it is in the first operation of that kind (and side). */
export function startUntil(shop: Storedog, { kind, side }: At, ...args: string[]) {
  return startUntilRecord(
    shop,
    ({ type, operation }) =>
      type === 'operation-started' &&
      operation?.kind === kind &&
      (side === undefined || ('side' in operation && operation.side === side)),
    ...args,
  );
}
