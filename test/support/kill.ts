import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { within } from './patience.ts';
import { type Storedog, until } from './storedog.ts';

interface StepRecord {
  type: string;
  operation?: { kind: string; side?: string };
}

interface At {
  kind: string;
  side?: string;
}

/** Starts canary and kills it with -9 in the middle of the first step of that kind (and side). */
export async function killAt(shop: Storedog, step: At, ...args: string[]): Promise<void> {
  const { child } = await startUntil(shop, step, ...args);
  child.kill('SIGKILL');
  const { signal } = await child;
  if (signal !== 'SIGKILL') throw new Error(`canary ${args.join(' ')} ended before it was killed.`);
  // What the dead process had asked of Compose may still be going on.
  await until('Compose is quiet', async () => {
    const before = JSON.stringify(await shop.containers());
    await new Promise((resolve) => setTimeout(resolve, within(500)));
    return JSON.stringify(await shop.containers()) === before;
  });
}

/** Starts canary and waits until it is in the first step of that kind (and side). */
export async function startUntil(
  shop: Storedog,
  step: At,
  ...args: string[]
): Promise<{ child: ReturnType<Storedog['start']> }> {
  const seen = (await records(shop)).length;
  const child = shop.start(...args);
  let ended = false;
  void child.then(() => {
    ended = true;
  });
  const isReached = async () =>
    (await records(shop))
      .slice(seen)
      .some(
        (record) =>
          record.type === 'operation-started' &&
          record.operation?.kind === step.kind &&
          (step.side === undefined || record.operation.side === step.side),
      );
  while (!(await isReached())) {
    if (ended) throw new Error(`canary ${args.join(' ')} never came to ${step.kind}.`);
    // Some steps are over in a moment; to look all the time would leave a core less to the command.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return { child };
}

/** Every record of every journal, oldest first. */
async function records(shop: Storedog): Promise<StepRecord[]> {
  const directory = join(shop.directory, '.canary/releases');
  const names = await readdir(directory).catch(() => []);
  const texts = await Promise.all(
    names.sort().map((name) => readFile(join(directory, name), 'utf8')),
  );
  return texts
    .flatMap((text) => text.slice(0, text.lastIndexOf('\n') + 1).split('\n'))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StepRecord);
}
