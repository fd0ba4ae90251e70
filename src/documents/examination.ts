/** What one request to the canary showed, or to both sides. */
export interface ProbeResult {
  service: string;
  /** Without its query, `*` in place of ids: `GET /discount`. */
  request: string;
  /** `error`: it could not be measured, which is never a pass. */
  result: 'pass' | 'fail' | 'error';
  /** One sentence; never a query, a header or a body. */
  text: string;
}

/** What checks and comparisons found. */
export interface Examination {
  /** The checks in canary.yaml. */
  checks: ProbeResult[];
  /** What users ask for now, answered by both sides. */
  shape: ProbeResult[];
}

/** What the running canary answers now. */
export interface CheckResult extends Examination {
  release: string;
  /** What all of it comes to. */
  result: 'pass' | 'fail' | 'error';
}
