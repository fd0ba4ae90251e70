/** What a release will probably take, from the requests that the proxy remembers; or why that cannot be known. */
export type Forecast =
  | {
      known: false;
      /** Why nothing can be foreseen, in one sentence. */
      why: string;
    }
  | ({ known: true } & Foreseen);

interface Foreseen {
  traffic: ForecastTraffic;
  /** Whether the judge decides; it does not for a weight set by hand, or if canary.yaml says so. */
  judged: boolean;
  steps: ForecastStep[];
  /** What a canary that fails would cost; empty if nobody judges it. */
  bad: ForecastBad[];
  /** Whether nine of ten canaries that are as good as the stable would pass every step. */
  enough: boolean;
  /** Settings for canary.yaml that would be enough, as YAML; `null` if these are, or if none were found. */
  advice: string | null;
}

/** The requests that the forecast is made from. */
export interface ForecastTraffic {
  requests: number;
  /** How many users sent them. */
  users: number;
  /** How long they took to come, in seconds. */
  seconds: number;
  /** The share of them that failed on the stable, in percent. */
  failing: number;
}

/** A step of a canary that is as good as the stable. */
export interface ForecastStep {
  /** Its number, from 1. */
  step: number;
  weight: number;
  /** How many users are on the canary in this time; `null` while most users were seen only once. */
  users: number | null;
  /**
   * The median time until it can pass, in seconds; `null` if it usually waits in vain. If nobody judges it: its own
   * time, or an hour if it has no end.
   */
  seconds: number | null;
  /** The time until nine of ten pass; `null` if more than one of ten waits in vain, or nobody judges it. */
  slowest: number | null;
}

/** What a canary costs that fails a share of its requests. */
export interface ForecastBad {
  /** The share that fails in addition to what fails on the stable, in percent. */
  failing: number;
  /** How many users see a failure until it is taken back: the median, and at most in nine of ten cases. */
  hurt: number;
  most: number;
  /** The median time until then, in seconds; `null` if it is usually not taken back. */
  seconds: number | null;
}
