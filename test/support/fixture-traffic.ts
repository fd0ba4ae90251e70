import { Judge, type JudgeSettings, type RequestVerdict } from '../../src/analysis/judge.ts';
import type { UserRequest } from '../../src/analysis/request.ts';
import { randomFrom } from '../../src/analysis/stats/random.ts';

/** One seed per run. */
export const SEEDS = Array.from({ length: 16 }, (_, index) => 7919 * index + 13);

export const SETTINGS: JudgeSettings = {
  alpha: 0.01,
  margin: 0.005,
  minimumRequests: 100,
  percentile: 99,
  warmUp: 0,
  signals: ['failed', 'slow', 'refused', 'size'],
};

/** Properties of the traffic; rates are shares of requests. */
export interface Traffic {
  perSecond: number;
  requests: number;
  users: number;
  /** Share of users on the canary in percent, at a moment from 0 to 1 of the run. */
  weight: (moment: number) => number;
  /** The failure rate of a side at a moment. */
  failing: (side: UserRequest['side'], moment: number) => number;
  /** This many users always fail, on either side. */
  broken: number;
  /** How many times as long a response takes on the canary. */
  slowness: number;
}

const CALM: Traffic = {
  perSecond: 50,
  requests: 30_000,
  users: 3000,
  broken: 0,
  slowness: 1,
  weight: () => 5,
  failing: () => 0.001,
};

/** Names created once, because creating and hashing one per request takes longer than judging it. */
const ROUTES = Array.from({ length: 8 }, (_, index) => `GET /${index}`);

/** Runs traffic through the judge, which looks once a second as in production; ends with the first failure. */
export function judged(
  seed: number,
  change: Partial<Traffic>,
  settings: JudgeSettings = SETTINGS,
): { verdict: RequestVerdict; canary: number; failures: number } {
  const traffic = { ...CALM, ...change };
  const random = randomFrom(seed);
  const judge = new Judge(settings, 0);
  // A user's place is fixed, so that a higher weight only adds users to the canary.
  const places = Array.from({ length: traffic.users }, () => random() * 100);
  let [canary, failures] = [0, 0];
  for (let index = 0; index < traffic.requests; index += 1) {
    const moment = index / traffic.requests;
    const at = (index / traffic.perSecond) * 1000;
    // Few users send many requests, many users send few.
    const user = Math.floor(traffic.users * random() ** 1.5);
    const side = (places[user] ?? 0) < traffic.weight(moment) ? 'canary' : 'stable';
    const failed = user < traffic.broken || random() < traffic.failing(side, moment);
    const usual = 10 * Math.exp(3 * random());
    if (side === 'canary') [canary, failures] = [canary + 1, failures + Number(failed)];
    // One plain literal: objects built in parts have a shape each, and cost ten times as much as the judging.
    judge.observe({
      at,
      side,
      user,
      failed,
      bytes: 1000 + 500 * random(),
      group: ROUTES[Math.floor(8 * random())] ?? '',
      status: failed ? 500 : random() < 0.02 ? 404 : 200,
      duration: side === 'canary' ? usual * traffic.slowness : usual,
    });
    if (index % traffic.perSecond !== 0) continue;
    const verdict = judge.verdict(25, at);
    if (verdict.result === 'fail') return { verdict, canary, failures };
  }
  return { verdict: judge.verdict(25, Number.MAX_SAFE_INTEGER), canary, failures };
}

export function median(values: number[]): number {
  return values.sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
