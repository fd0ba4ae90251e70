import { formatDuration } from '../config/duration.ts';
import { type Counts, countsSince, type ResponseTimes } from '../proxy/counts.ts';

/** What one side of an A/B test did. */
export interface ComparedSide {
  requests: number;
  /** Share of all requests, in percent. */
  share: number | null;
  /** Failed requests; of the canary also those that the stable then answered. */
  failures: number;
  /** Of those, the ones that no user met. */
  shielded: number;
  /** Failures in percent of its requests. */
  failureRate: number | null;
  /** Mean of HAProxy's latest 1,024 requests of the side, in milliseconds. */
  responseTime: number | null;
}

/** What an A/B test comes to. Numbers alone: whether a difference is chance is not judged. */
export interface AbComparison {
  /** From when to when was counted: later than the test's begin where the proxy was restarted. */
  from: string;
  to: string;
  stable: ComparedSide;
  canary: ComparedSide;
}

export interface Counted {
  from: Date;
  to: Date;
  /** What the proxy had counted then, and has now. */
  earlier: Counts;
  now: Counts;
  times: ResponseTimes;
}

/** Compares both sides by what the proxy counted. */
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
  // To the second: nobody reads the rest.
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
