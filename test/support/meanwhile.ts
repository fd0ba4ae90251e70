import { breath } from './storedog.ts';

const PAUSE_MS = 100;

/** Polls during some work, with a pause between polls, and returns the result of the work. */
export async function meanwhile<T>(
  work: PromiseLike<T>,
  look: () => Promise<unknown>,
  pauseMs = PAUSE_MS,
): Promise<T> {
  let isOver = false;
  const ended = Promise.resolve(work).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const began = Date.now();
    await look();
    await Promise.race([ended, breath(began, pauseMs)]);
  }
  return ended;
}
