import type { ReleaseRecord } from '../git/release-record.ts';

/** One release, for a job's page or a comment on a pull request. */
export interface Report {
  version: 1;
  release: ReleaseRecord;
}
