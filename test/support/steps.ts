import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Storedog, until } from './storedog.ts';

/** Waits until the running release holds a step. Asks the journal itself: a status takes a while, and a step is short. */
export function untilStep(shop: Storedog, step: number): Promise<void> {
  return until(`step ${step} is held`, async () => {
    const directory = join(shop.directory, '.canary/releases');
    const [name] = (await readdir(directory).catch(() => [])).sort().reverse();
    const text = name ? await readFile(join(directory, name), 'utf8') : '';
    const hasEnded = /"state":"(reverted|promoted)"/.test(text);
    return !hasEnded && text.includes(`"state":"advancing","reason":"step ${step} of `);
  });
}
