import type { ServiceMap } from '../compose/map.ts';
import type { Analysis } from './analysis.ts';
import type { DeployLine } from './deploy-lines.ts';
import type { ErrorDocument } from './error.ts';
import type { CheckResult } from './examination.ts';
import type {
  ApplyResult,
  BranchResult,
  DeployTarget,
  PushResult,
  RemoteAddResult,
} from './git.ts';
import type { History } from './history.ts';
import type { LockRelease, LockStatus } from './lock.ts';
import type { NotifyTest } from './notify.ts';
import type { PlanDocument } from './plan.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { Report } from './report.ts';
import type { DoctorResult, DownResult, InitResult, RenderResult, UpResult } from './setup.ts';
import type { Status } from './status.ts';
import type {
  AbortResult,
  NothingNew,
  PauseResult,
  PromoteResult,
  ResumeResult,
  RevertResult,
  WaitResult,
  WeightResult,
} from './traffic.ts';

/**
 * What each command prints with `--json`. The JSON Schemas are `schema/COMMAND.json`; `npm run
 * docs` generates them from these types. Each comment here becomes a description there.
 */
export interface Documents {
  abort: AbortResult;
  analyze: Analysis;
  apply: ApplyResult;
  branch: BranchResult;
  check: CheckResult;
  deploy: DeployLine;
  doctor: DoctorResult;
  down: DownResult;
  /** Printed instead of any of these if a command fails. */
  error: ErrorDocument;
  history: History;
  init: InitResult;
  'lock-release': LockRelease;
  'lock-status': LockStatus;
  map: ServiceMap;
  'notify-test': NotifyTest;
  pause: PauseResult;
  plan: PlanDocument;
  promote: PromoteResult;
  push: PushResult;
  rehearse: Rehearsal | NothingNew;
  'remote-add': RemoteAddResult;
  'remote-prepare': DeployTarget;
  render: RenderResult;
  report: Report;
  resume: ResumeResult;
  revert: RevertResult;
  /** With `--watch`, one document per line. */
  status: Status;
  up: UpResult;
  wait: WaitResult;
  weight: WeightResult;
}

/** Any of these documents. */
export type AnyDocument = Documents[keyof Documents];
