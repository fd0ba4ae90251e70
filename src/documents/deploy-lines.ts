import type { CanaryEvent } from '../rollout/events.ts';
import type { ErrorDocument } from './error.ts';
import type { PushResult } from './git.ts';
import type { DeployResult } from './traffic.ts';

/** A line of `deploy --json`: what happens, and at last the result or the error. */
export type DeployLine = DeployEvent | DeployEnd | ErrorDocument;

/** What happens during a deploy; raw output of programs is left out. */
export type DeployEvent = Exclude<CanaryEvent, { type: 'output' }>;

/** The last line: where the release is, or with `--remote` what was pushed. */
export type DeployEnd =
  | ({
      /** The canary runs, or the release has ended. */
      type: 'result';
    } & DeployResult)
  | ({
      /** With `--remote`: the branch is pushed. */
      type: 'result';
    } & PushResult);
