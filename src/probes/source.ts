import type { Opinion } from '../analysis/opinion.ts';
import type { AnalysisConfig } from '../config/analysis.ts';
import { messageOf } from '../errors.ts';
import type { ReleaseRun, Run } from '../project/run.ts';

/** Something that looks at a canary while it has users, in the background of the run that moves them. */
export interface Source {
  /**
   * What it says now of going on to a weight, after at least so many requests of the canary's users. Asked often: it
   * only tells what it knows already.
   */
  opinions(nextWeight: number, minimumRequests?: number): readonly Opinion[];
  /** Ends whatever it does; resolves once all of it has ended. Safe to repeat. */
  stop(): Promise<void>;
}

/** Begins to look; what it needs to know of the world it finds out by itself. */
export type StartSource = (run: ReleaseRun, settings: AnalysisConfig) => Promise<Source>;

/** Something that is looked at again and again. */
export interface Looking {
  source: string;
  everyMs: number;
  look(run: Run): Promise<void>;
  /** What the looks so far come to, if anything; `since`: when the canary got the users that it has. */
  opinion(since: Date): Opinion | undefined;
}

/**
 * A source that looks in the background, at each thing at its own pace, from when it is first asked (before that the
 * canary may not even be built) until the run ends or it is stopped. What has failed once is not looked at again: it stays failed.
 */
export function lookingSource(run: Run, all: readonly Looking[]): Source {
  const { clock } = run.context;
  const ending = new AbortController();
  const signal = AbortSignal.any([run.signal, ending.signal]);
  const problems = new Map<Looking, Opinion>();
  let weight: number | undefined;
  let since = clock.now();
  let loops: Promise<void>[] | undefined;
  const opinionOf = (looking: Looking) => problems.get(looking) ?? looking.opinion(since);
  const again = async (looking: Looking) => {
    while (!signal.aborted) {
      const { source, everyMs } = looking;
      const problem = await looking.look({ ...run, signal }).then(() => undefined, messageOf);
      if (signal.aborted) return;
      if (problem === undefined) problems.delete(looking);
      else problems.set(looking, { source, result: 'error', text: problem });
      if (opinionOf(looking)?.result === 'fail') return;
      // Only its end wakes it early.
      await clock.sleep(everyMs, signal).catch(() => undefined);
    }
  };
  return {
    opinions: (nextWeight) => {
      if (weight !== nextWeight) since = clock.now();
      weight = nextWeight;
      loops ??= all.map(again);
      return all.flatMap((looking) => opinionOf(looking) ?? []);
    },
    async stop() {
      ending.abort();
      await Promise.all(loops ?? []);
    },
  };
}
