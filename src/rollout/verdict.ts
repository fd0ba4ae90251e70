/**
 * The possible verdicts on a release (contract). `inconclusive`: nothing bad was seen, but not
 * enough to continue; `error`: it could not be measured.
 */
export const VERDICTS = ['pass', 'fail', 'inconclusive', 'error'] as const;

/** The verdict on a release. */
export interface ReleaseVerdict {
  result: (typeof VERDICTS)[number];
  /** One sentence each, with its numbers. */
  reasons: readonly string[];
}
