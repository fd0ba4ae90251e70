/** What one source says of a canary: the users' requests, the shape of answers, a check, a metric … */
export interface Opinion {
  /** Who says it, for people: `requests`, `shape`, `check GET /`, `prometheus error-rate`. */
  source: string;
  /**
   * `fail`: it is worse, take it back. `wait`: not enough is known yet to go on. `error`: nothing could be measured;
   * that is never a pass.
   */
  result: 'pass' | 'fail' | 'wait' | 'error';
  /** One sentence with its numbers. */
  text: string;
}
