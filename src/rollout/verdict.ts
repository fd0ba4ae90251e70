/**
 * What a release can be judged to be (contract). `inconclusive`: nothing bad was seen, and not enough to go on; `error`: it
 * could not be measured.
 */
export const VERDICTS = ['pass', 'fail', 'inconclusive', 'error'] as const;

/** What a release was judged to be. */
export interface ReleaseVerdict {
  result: (typeof VERDICTS)[number];
  /** Each one sentence with its numbers. */
  reasons: readonly string[];
}
