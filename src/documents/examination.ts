/** The result of one request, sent to the canary or to both sides. */
export interface ProbeResult {
  service: string;
  /** The request without its query, with `*` instead of ids: `GET /discount`. */
  request: string;
  /** `error`: it could not be measured; this never counts as a pass. */
  result: 'pass' | 'fail' | 'error';
  /** One sentence, without query, headers or body. */
  text: string;
}

/** The results of checks and comparisons. */
export interface Examination {
  /** The results of the checks in canary.yaml. */
  checks: ProbeResult[];
  /** Comparisons of the responses of both sides to what users currently request. */
  shape: ProbeResult[];
}

/** How the running canary responds now. */
export interface CheckResult extends Examination {
  release: string;
  /** The overall result. */
  result: 'pass' | 'fail' | 'error';
}
