import type { Opinion } from '../analysis/opinion.ts';
import type { AnalysisConfig } from '../config/sections/analysis.ts';
import { messageOf } from '../errors.ts';
import type { ReleaseRun, Run } from '../project/run.ts';

/** Something that looks at a canary while it has users, in the background of the run that moves them. */
export interface Source {
  /**
   * Its current opinion on moving to a weight, after at least this many requests of the canary's users. Called often:
   * it only returns what it already knows.
   */
  opinions(nextWeight: number, minimumRequests?: number): readonly Opinion[];
  /** Stops all its work; resolves once all of it has ended. Safe to repeat. */
  stop(): Promise<void>;
}

/** Starts a source, which finds out by itself what it needs to know. */
export type StartSource = (run: ReleaseRun, settings: AnalysisConfig) => Promise<Source>;

/** Something that is looked at repeatedly. */
export interface Looking {
  source: string;
  everyMs: number;
  look(run: Run): Promise<void>;
  /** The opinion from the looks so far, if any; `since`: when the canary got its current users. */
  opinion(since: Date): Opinion | undefined;
}

/**
 * A source that looks in the background, at each thing in its own interval, from when it is first asked (before that
 * the canary may not even be built) until the run ends or it is stopped. What failed once stays failed: it is not
 * looked at again.
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
      // Only a stop wakes it early.
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
