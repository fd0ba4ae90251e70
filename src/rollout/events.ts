import type { HookPhase } from '../config/outside.ts';
import type { Strategy } from '../config/strategy.ts';
import type { Backup } from '../database/backup.ts';
import type { RehearsalReport } from '../database/report.ts';
import type { Counts } from '../proxy/counts.ts';
import type { AbComparison } from './ab-comparison.ts';
import type { Operation, Plan } from './operation.ts';
import type { Step } from './step.ts';
import type { ReleaseVerdict } from './verdict.ts';

/** The states a release can be in (contract, README). */
export const RELEASE_STATES = [
  'building',
  'rehearsing',
  'starting',
  'checking',
  'advancing',
  /** Has the users of its weight, and waits for a person. */
  'holding',
  /** Its users were sent to the stable; `resume` gives them back. */
  'paused',
  'inconclusive',
  'promoting',
  'promoted',
  'reverting',
  /** Taken back, with a revert commit. */
  'reverted',
  /** Taken away without a commit. */
  'removed',
  'failed',
] as const;
export type ReleaseState = (typeof RELEASE_STATES)[number];

/** What the stable ran before a promotion, enough to put it back. */
export interface StableImage {
  service: string;
  /** The name Compose starts the stable by. */
  name: string;
  imageId: string;
}

/** The image that runs as the canary of a service. */
export interface CanaryImage {
  service: string;
  /** The name it was started by. */
  image: string;
  imageId: string;
}

/** Facts about a release; each is one record of its journal, and the release is their fold. */
export type ReleaseEvent =
  | {
      /** A release begins. `counts`: what the proxy had counted until then. */
      type: 'release-created';
      id: string;
      project: string;
      branch: string;
      commit: string;
      subject: string;
      services: readonly string[];
      counts: Counts;
    }
  | {
      /** A deploy of the same commit goes on with the release. */
      type: 'release-resumed';
    }
  | {
      /** A later deploy took its place. */
      type: 'release-replaced';
      by: string;
    }
  | {
      /** The release is in another state, and why. */
      type: 'state-changed';
      state: ReleaseState;
      reason: string;
    }
  | {
      /** An operation of the plan begins. */
      type: 'operation-started';
      operation: Operation;
    }
  | {
      /** It succeeded, after so many milliseconds. */
      type: 'operation-finished';
      operation: Operation;
      ms: number;
    }
  | {
      /** It failed. */
      type: 'operation-failed';
      operation: Operation;
      message: string;
    }
  | {
      /** The clones are started; the image of each. */
      type: 'canary-started';
      images: readonly CanaryImage[];
    }
  | {
      /** The canary is given another share of users. */
      type: 'weight-set';
      weight: number;
      counts: Counts;
    }
  | {
      /** The release goes through these steps by itself from here on. */
      type: 'steps-begun';
      strategy: Strategy['kind'];
      steps: readonly Step[];
    }
  | {
      /** A step is in force, or waits for a person; `index` from 0, `of` how many. */
      type: 'step-begun';
      index: number;
      of: number;
      step: Step;
      counts: Counts;
    }
  | {
      /** A step is over; `index` from 0. */
      type: 'step-done';
      index: number;
    }
  | {
      /** The analysis says what it found, at the end of a step or as soon as it knows. */
      type: 'verdict-given';
      verdict: ReleaseVerdict;
    }
  | {
      /** A person moves the users from here on. */
      type: 'steps-left';
    }
  | {
      /** An A/B test is over. */
      type: 'comparison-made';
      comparison: AbComparison;
    }
  | {
      /** `pause` sent its users to the stable; `weight` is what `resume` gives back. */
      type: 'release-paused';
      weight: number;
    }
  | {
      /** The proxy counts from 0 again; `counts`: what it had counted before. */
      type: 'proxy-reloaded';
      counts: Counts;
    }
  | {
      /** canary made a commit on a branch. */
      type: 'commit-made';
      branch: string;
      commit: string;
      subject: string;
    }
  | {
      /** A promotion begins to replace the stable; `previous`: the images to put back. */
      type: 'stable-replacing';
      from: string;
      commit: string;
      previous: readonly StableImage[];
    }
  | {
      /** The stable runs the commit. */
      type: 'stable-replaced';
      commit: string;
    }
  | {
      /** The stable runs its previous images again. */
      type: 'stable-restored';
    }
  | {
      /** The canary booted on a copy of the shared databases, and what it did there. */
      type: 'rehearsed';
      report: RehearsalReport;
      isRefused: boolean;
    }
  | {
      /** The migration of the commit begins. */
      type: 'migration-begun';
      service: string;
    }
  | {
      /** The migration of the commit ended. */
      type: 'migration-ended';
      service: string;
      exitCode: number;
    }
  | ({
      /** Tables that the canary's boot changes are kept as they were. */
      type: 'backed-up';
    } & Backup)
  | {
      /** A hook ended, after so many milliseconds. */
      type: 'hook-ran';
      phase: HookPhase;
      hook: string;
      ok: boolean;
      ms: number;
    };

/** What the user also sees while a command runs; never stored. */
type ProgressEvent =
  | {
      /** The operations that are about to be carried out. */
      type: 'plan-made';
      plan: Plan;
    }
  | {
      /** Something worth knowing. */
      type: 'notice';
      text: string;
    }
  | {
      /** Something to act on, though the command goes on. */
      type: 'warning';
      text: string;
    }
  | {
      /** How far a long operation has come. */
      type: 'progress';
      text: string;
    }
  | {
      /** What the analysis says for now, while nothing is decided. */
      type: 'judging';
      text: string;
    }
  | {
      /** A line of the other side of a push. */
      type: 'remote-said';
      line: string;
    }
  | {
      /** A line of a program that canary runs. */
      type: 'output';
      line: string;
    };

export type CanaryEvent = ReleaseEvent | ProgressEvent;

/** Receives every event of a command; renderers implement it. */
export type EventSink = (event: CanaryEvent) => void;
