/**
 * One source's opinion of a canary: the users' requests, the shape of responses, a check, a metric
 * …
 */
export interface Opinion {
  /** The source, for operators: `requests`, `shape`, `check GET /`, `prometheus error-rate`. */
  source: string;
  /**
   * `fail`: the canary is worse, roll it back. `wait`: not enough is known yet to continue.
   * `error`: nothing could be measured; this never counts as a pass.
   */
  result: 'pass' | 'fail' | 'wait' | 'error';
  /** One sentence with its numbers. */
  text: string;
}
