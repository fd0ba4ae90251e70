import type { CanaryEvent } from '../rollout/events.ts';
import type { ErrorDocument } from './error.ts';
import type { PushResult } from './git.ts';
import type { DeployResult, NothingNew } from './traffic.ts';

/** One line of `deploy --json`: an event, or as the last line the result or the error. */
export type DeployLine = DeployEvent | DeployEnd | ErrorDocument;

/** An event during a deploy; raw output of programs is left out. */
export type DeployEvent = Exclude<CanaryEvent, { type: 'output' }>;

/** The last line: the state of the release, or with `--remote` what was pushed. */
export type DeployEnd =
  | ({
      /** The canary runs, or the release has ended. */
      type: 'result';
    } & DeployResult)
  | ({
      /** There is no canary, for nothing is new. */
      type: 'result';
    } & NothingNew)
  | ({
      /** With `--remote`: the branch is pushed. */
      type: 'result';
    } & PushResult);
