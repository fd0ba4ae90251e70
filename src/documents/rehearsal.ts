import type { RehearsalReport } from '../database/report.ts';

/** What a branch, or images, do to a copy of the shared databases when it boots. */
export interface Rehearsal extends RehearsalReport {
  version: 1;
  /** The branch; empty for images that were built elsewhere. */
  branch: string;
  /** The commit; for images, a digest of what they are. */
  commit: string;
  result: 'pass' | 'refused';
  /** The exceptions that would make it pass, such as `destructive:discount`. */
  needs: string[];
}
