import type { Opinion } from '../analysis/opinion.ts';
import { messageOf } from '../errors.ts';
import type { AskRun } from './ask-container.ts';
import type { Source } from './source.ts';

/** Something that is looked at again and again. */
export interface Looking {
  everyMs: number;
  source: string;
  /** What is said of it before the first look; nothing where that is no fault. */
  before: Opinion | undefined;
  /** Nothing where there was nothing to look at. */
  look(run: AskRun): Promise<Opinion | undefined>;
}

/**
 * A source that looks in the background, at each thing at its own pace, from when it is first asked (before that the
 * canary may not even be built) until the run ends or it is stopped. What has failed once is not looked at again: it stays failed.
 */
export function lookingSource(run: AskRun, all: readonly Looking[]): Source {
  const ending = new AbortController();
  const signal = AbortSignal.any([run.signal, ending.signal]);
  const opinions = all.map(({ before }) => before);
  const begin = () =>
    all.map((looking, index) =>
      again({ ...run, signal }, looking, (opinion) => {
        opinions[index] = opinion;
      }),
    );
  let loops: Promise<void>[] | undefined;
  return {
    opinions: () => {
      loops ??= begin();
      return opinions.filter((each) => each !== undefined);
    },
    async stop() {
      ending.abort();
      await Promise.all(loops ?? []);
    },
  };
}

async function again(
  run: AskRun,
  { everyMs, source, look }: Looking,
  say: (opinion: Opinion | undefined) => void,
): Promise<void> {
  const { clock } = run.context;
  while (!run.signal.aborted) {
    const opinion = await look(run).catch(
      (error: unknown): Opinion => ({ source, result: 'error', text: messageOf(error) }),
    );
    if (run.signal.aborted) return;
    say(opinion);
    if (opinion?.result === 'fail') return;
    // Only its end wakes it early.
    await clock.sleep(everyMs, run.signal).catch(() => undefined);
  }
}
