import type { Opinion } from '../analysis/opinion.ts';
import type { AnalysisConfig } from '../config/analysis.ts';
import type { ReleaseRun } from '../project/run.ts';

/** Something that looks at a canary while it has users, in the background of the command that moves them. */
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
