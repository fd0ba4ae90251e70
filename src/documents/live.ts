import type { Step } from '../rollout/step.ts';

/** What the users of one side met in the last minute, from the proxy's log. */
export interface SideTraffic {
  requests: number;
  /** Requests that failed, also if the stable answered instead. */
  failures: number;
  /** Responses with a 4xx status. */
  refused: number;
  /** The median and the 99th percentile of response times, in milliseconds; `null` without responses. */
  p50: number | null;
  p99: number | null;
  /** Requests in each interval, oldest first. */
  series: number[];
}

/** What the proxy's log says about both sides in the last minutes. */
export interface Traffic {
  /** How long the numbers cover, in milliseconds: a minute, or less if it was not watched for so long. */
  covers: number;
  /** How long one interval of `series` is, in milliseconds. */
  interval: number;
  stable: SideTraffic;
  canary: SideTraffic;
}

/** How far the judge is, for and against the canary. */
export interface EvidenceStatus {
  /** From 0 to 1: at 1 the canary is judged bad. */
  against: number;
  /** From 0 to 1: at 1 it passes the current step. */
  for: number;
  /** The numbers behind it, in one sentence. */
  text: string;
}

/** The steps of canary.yaml, and where the release is in them. */
export interface Schedule {
  steps: readonly Step[];
  /** The step that began last, from 1; 0 before the first. */
  current: number;
  /** Whether that step is done. */
  isDone: boolean;
  /** When the step began. */
  begunAt: string;
  /** When its time is over; `null` if it waits for a person. */
  until: string | null;
}
