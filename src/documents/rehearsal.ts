import type { RehearsalReport } from '../database/report.ts';

/** What a branch does to a copy of the shared databases when it boots. */
export interface Rehearsal extends RehearsalReport {
  version: 1;
  branch: string;
  commit: string;
  result: 'pass' | 'refused';
  /** The exceptions that would make it pass, such as `destructive:discount`. */
  needs: string[];
}
