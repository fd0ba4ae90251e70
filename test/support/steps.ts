import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startUntilRecord } from './journals.ts';
import { type Storedog, until } from './storedog.ts';

/** Starts canary and waits until it holds a step, whatever other releases and commands did before. */
export function startUntilStep(shop: Storedog, step: number, ...args: string[]) {
  return startUntilRecord(
    shop,
    ({ type, state, reason }) =>
      type === 'state-changed' &&
      state === 'advancing' &&
      reason?.startsWith(`step ${step} of `) === true,
    ...args,
  );
}

/** Waits until the running release holds a step. Reads the journal: a status takes a while, and a step is short. */
export function untilStep(shop: Storedog, step: number): Promise<void> {
  return until(`step ${step} is held`, async () => {
    const directory = join(shop.directory, '.canary/releases');
    const [name] = (await readdir(directory).catch(() => [])).sort().reverse();
    const text = name ? await readFile(join(directory, name), 'utf8') : '';
    const hasEnded = /"state":"(removed|reverted|promoted)"/.test(text);
    return !hasEnded && text.includes(`"state":"advancing","reason":"step ${step} of `);
  });
}
