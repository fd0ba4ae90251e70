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
      type: 'release-created';
      id: string;
      project: string;
      branch: string;
      commit: string;
      subject: string;
      services: readonly string[];
      counts: Counts;
    }
  | { type: 'release-resumed' }
  /** A later deploy took its place. */
  | { type: 'release-replaced'; by: string }
  | { type: 'state-changed'; state: ReleaseState; reason: string }
  | { type: 'operation-started'; operation: Operation }
  | { type: 'operation-finished'; operation: Operation; ms: number }
  | { type: 'operation-failed'; operation: Operation; message: string }
  /** What its clones run, once they are started. */
  | { type: 'canary-started'; images: readonly CanaryImage[] }
  | { type: 'weight-set'; weight: number; counts: Counts }
  /** It goes on by itself through these steps. */
  | { type: 'steps-begun'; strategy: Strategy['kind']; steps: readonly Step[] }
  /** A step of the progress is in force, or waits for a person; `of` how many, from 0. */
  | { type: 'step-begun'; index: number; of: number; step: Step; counts: Counts }
  | { type: 'step-done'; index: number }
  /** What its analysis says, at the end of a step or when it decided. */
  | { type: 'verdict-given'; verdict: ReleaseVerdict }
  /** A person moves the users from here on. */
  | { type: 'steps-left' }
  /** What an A/B test came to. */
  | { type: 'comparison-made'; comparison: AbComparison }
  /** Its users were taken away for a while. */
  | { type: 'release-held'; weight: number }
  /** The proxy counts from 0 again; what the worker before had counted. */
  | { type: 'proxy-reloaded'; counts: Counts }
  | { type: 'commit-made'; branch: string; commit: string; subject: string }
  | { type: 'stable-replacing'; from: string; commit: string; previous: readonly StableImage[] }
  | { type: 'stable-replaced'; commit: string }
  | { type: 'stable-restored' }
  /** What its first boot did to a copy of the shared databases. */
  | { type: 'rehearsed'; report: RehearsalReport; isRefused: boolean }
  /** The migration of the commit came to its end, or begins. */
  | { type: 'migration-begun'; service: string }
  | { type: 'migration-ended'; service: string; exitCode: number }
  /** Tables that its boot changes are kept as they were. */
  | ({ type: 'backed-up' } & Backup)
  /** A hook of the user's came to its end. */
  | { type: 'hook-ran'; phase: HookPhase; hook: string; ok: boolean; ms: number };

/** What the user also sees while a command runs; never stored. */
type ProgressEvent =
  | { type: 'plan-made'; plan: Plan }
  | { type: 'notice'; text: string }
  | { type: 'warning'; text: string }
  /** How far a step that takes long has come. */
  | { type: 'progress'; text: string }
  /** What the analysis says for now, while nothing is decided. */
  | { type: 'judging'; text: string }
  /** What the other side of a push said. */
  | { type: 'remote-said'; line: string }
  | { type: 'output'; line: string };

export type CanaryEvent = ReleaseEvent | ProgressEvent;

/** Receives every event of a command; renderers implement it. */
export type EventSink = (event: CanaryEvent) => void;
