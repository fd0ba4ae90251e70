import { formatDuration } from '../config/values/duration.ts';
import { type Counts, countsSince, type ResponseTimes } from '../proxy/counts.ts';

/** The numbers of one side of an A/B test. */
export interface ComparedSide {
  requests: number;
  /** Share of all requests, in percent. */
  share: number | null;
  /** Failed requests; for the canary including those that the stable then answered. */
  failures: number;
  /** Failures that no user saw, because the stable answered. */
  shielded: number;
  /** Failures as a percentage of its requests. */
  failureRate: number | null;
  /**
   * Mean response time of the side's latest 1,024 requests, measured by HAProxy, in milliseconds.
   */
  responseTime: number | null;
}

/** The result of an A/B test. Only numbers: whether a difference is due to chance is not judged. */
export interface AbComparison {
  /** The period that was counted. It begins later than the test if the proxy was restarted. */
  from: string;
  to: string;
  stable: ComparedSide;
  canary: ComparedSide;
}

export interface Counted {
  from: Date;
  to: Date;
  /** What the proxy had counted at `from`, and has counted now. */
  earlier: Counts;
  now: Counts;
  times: ResponseTimes;
}

/** Compares both sides by the proxy's counts. */
export function compareAbSides({ from, to, earlier, now, times }: Counted): AbComparison {
  const counts = countsSince(now, earlier);
  const side = (name: 'stable' | 'canary', failures: number, shielded: number): ComparedSide => ({
    requests: counts[name],
    share: percent(counts[name], counts.stable + counts.canary),
    failures,
    shielded,
    failureRate: percent(failures, counts[name]),
    responseTime: times[name],
  });
  const { stableFailures, canaryFailures, shielded } = counts;
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    stable: side('stable', stableFailures, 0),
    canary: side('canary', canaryFailures + shielded, shielded),
  };
}

/** The comparison in one sentence. */
export function abSentence({ from, to, stable, canary }: AbComparison): string {
  // Rounded to seconds, for readability.
  const ms = Math.round((Date.parse(to) - Date.parse(from)) / 1000) * 1000;
  const time = `In ${formatDuration(ms)}`;
  if (canary.failureRate === null || stable.failureRate === null)
    return `${time} one side had no requests: there is nothing to compare.`;
  const of = ({ failureRate, requests }: ComparedSide) =>
    `${failureRate} % of its ${requests.toLocaleString('en-US')} requests`;
  return `${time} the canary failed ${of(canary)}, the stable ${of(stable)}; whether the difference is chance is not judged.`;
}

function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 100;
}
