import type { NotifyEvent } from '../config/sections/notify.ts';
import type { HookPhase } from '../config/sections/outside.ts';
import type { Strategy } from '../config/sections/strategy.ts';
import type { Backup } from '../database/backup.ts';
import type { RehearsalReport } from '../database/report.ts';
import type { Counts } from '../proxy/counts.ts';
import type { AbComparison } from './ab-comparison.ts';
import type { Forecast } from './forecast.ts';
import type { Operation, Plan } from './operation.ts';
import type { ImageSource, ReleasedImage } from './source.ts';
import type { Step } from './step.ts';
import type { ReleaseVerdict } from './verdict.ts';

/** The states a release can be in (contract, README). */
export const RELEASE_STATES = [
  'building',
  'rehearsing',
  'starting',
  'checking',
  'advancing',
  /** Its share of users is in force, and it waits for the operator. */
  'holding',
  /** Its users were sent to the stable; `resume` gives them back. */
  'paused',
  'inconclusive',
  'promoting',
  'promoted',
  'reverting',
  /** Rolled back, with a revert commit. */
  'reverted',
  /** Removed without a commit. */
  'removed',
  'failed',
] as const;
export type ReleaseState = (typeof RELEASE_STATES)[number];

/** The image a stable service ran before a promotion, to restore it. */
export interface StableImage {
  service: string;
  /** The image name with which Compose starts the stable. */
  name: string;
  imageId: string;
}

/** The image that runs as the canary of a service. */
export interface CanaryImage {
  service: string;
  /** The image name it was started with. */
  image: string;
  imageId: string;
}

/** Facts about a release. Each is one record of its journal; the release is the fold of them. */
export type ReleaseEvent =
  | {
      /** A release begins. `counts`: what the proxy had counted until then. */
      type: 'release-created';
      id: string;
      project: string;
      branch: string;
      commit: string;
      /** The images, if they were built elsewhere; then `branch` is empty and `commit` identifies them. */
      source?: ImageSource | undefined;
      /** The images that the commit names and that were built elsewhere, with their digests. */
      pulled?: readonly ReleasedImage[] | undefined;
      /** It came by a push: it gets no more of the machine than the stable has. */
      isPushed?: true | undefined;
      subject: string;
      services: readonly string[];
      counts: Counts;
    }
  | {
      /** A deploy of the same commit continues the release. */
      type: 'release-resumed';
    }
  | {
      /** A later deploy replaced the release. */
      type: 'release-replaced';
      by: string;
    }
  | {
      /** The release changed its state, with the reason. `code`: of the error that it failed with. */
      type: 'state-changed';
      state: ReleaseState;
      reason: string;
      code?: string | undefined;
    }
  | {
      /** An operation of the plan begins. */
      type: 'operation-started';
      operation: Operation;
    }
  | {
      /** The operation succeeded, after this many milliseconds. */
      type: 'operation-finished';
      operation: Operation;
      ms: number;
    }
  | {
      /** The operation failed. */
      type: 'operation-failed';
      operation: Operation;
      message: string;
    }
  | {
      /** The canary's containers are started, with these images. */
      type: 'canary-started';
      images: readonly CanaryImage[];
    }
  | {
      /** The canary's share of users was set. */
      type: 'weight-set';
      weight: number;
      counts: Counts;
    }
  | {
      /** From here on, the release goes through these steps by itself. */
      type: 'steps-begun';
      strategy: Strategy['kind'];
      steps: readonly Step[];
    }
  | {
      /**
       * A step began: its weight is in force, or it waits for the operator. `index`: its number,
       * from 0; `of`: the number of steps.
       */
      type: 'step-begun';
      index: number;
      of: number;
      step: Step;
      counts: Counts;
    }
  | {
      /** A step is done. `index`: its number, from 0. */
      type: 'step-done';
      index: number;
    }
  | {
      /** The verdict of the analysis, at the end of a step or as soon as it is known. */
      type: 'verdict-given';
      verdict: ReleaseVerdict;
    }
  | {
      /** From here on, the operator sets the weight by hand. */
      type: 'steps-left';
    }
  | {
      /** An A/B test is over. */
      type: 'comparison-made';
      comparison: AbComparison;
    }
  | {
      /** `pause` sent its users to the stable. `weight`: what `resume` gives back. */
      type: 'release-paused';
      weight: number;
    }
  | {
      /** The proxy counts from 0 again. `counts`: what it had counted before. */
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
      /**
       * A promotion begins to replace the stable. `previous`: the images to restore if it fails;
       * `variables`: the values before of those that a release of images sets.
       */
      type: 'stable-replacing';
      from: string;
      commit: string;
      previous: readonly StableImage[];
      variables?: Readonly<Record<string, string>> | undefined;
    }
  | {
      /** The stable now runs the commit. */
      type: 'stable-replaced';
      commit: string;
    }
  | {
      /** The stable runs its previous images again. */
      type: 'stable-restored';
    }
  | {
      /** The canary booted on a copy of the shared databases. `report`: what it did there. */
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
      /** The tables that the canary's boot changes were backed up. */
      type: 'backed-up';
    } & Backup)
  | {
      /** A hook ended, after this many milliseconds. */
      type: 'hook-ran';
      phase: HookPhase;
      hook: string;
      ok: boolean;
      ms: number;
    };

/** Events that the operator also sees while a command runs; never stored. */
type ProgressEvent =
  | {
      /** The lock of a command that ended without giving it back was broken. `start`: when it began. */
      type: 'lock-broken';
      command: string;
      owner: string;
      pid: number;
      host: string;
      start: string;
    }
  | {
      /** A target got a message, or did not. `answer`: the status and what the other side said. */
      type: 'notified';
      target: string;
      event: NotifyEvent;
      ok: boolean;
      attempts: number;
      answer: string;
    }
  | {
      /** The operations that canary will now carry out. */
      type: 'plan-made';
      plan: Plan;
    }
  | {
      /** What the release that begins now will probably take. */
      type: 'foreseen';
      forecast: Forecast;
    }
  | {
      /** Information. */
      type: 'notice';
      text: string;
    }
  | {
      /** A problem to act on; the command continues. */
      type: 'warning';
      text: string;
    }
  | {
      /** The progress of a long operation. */
      type: 'progress';
      text: string;
    }
  | {
      /** What the analysis reports while nothing is decided yet. */
      type: 'judging';
      text: string;
    }
  | {
      /** A line of output from the other side of a push. */
      type: 'remote-said';
      line: string;
    }
  | {
      /** A line of output from a program that canary runs. */
      type: 'output';
      line: string;
    };

export type CanaryEvent = ReleaseEvent | ProgressEvent;

/** Receives every event of a command; renderers implement it. */
export type EventSink = (event: CanaryEvent) => void;
