import type { UserRequest } from '../../src/analysis/request.ts';
import { randomFrom } from '../../src/analysis/stats/random.ts';

/** What users meet in a run. */
export interface Scenario {
  /** Share of users on the canary, in percent. */
  weight: number;
  perSecond: number;
  /** How often a request fails on the canary; on the stable it is STABLE_FAILING. */
  failing: number;
  /** How many times as long a response takes on the canary. */
  slowness: number;
  /** When the canary becomes worse; before that it is as good as the stable. In seconds. */
  from: number;
  /** How long a run lasts, in seconds. */
  seconds: number;
}

const STABLE_FAILING = 0.001;
/** The number of users for each request a second: on average a user asks every 100 s, some a few times as often. */
const USERS = 100;
/** Durations are lognormal: their median, and the standard deviation of their logarithm. */
const MEDIAN_MS = 100;
const SIGMA = 0.5;
const ROUTES = 8;
const REFUSED = 0.02;

/** Requests of users as they come (a Poisson process), the same for the same seed. */
export class Stream {
  private readonly scenario: Scenario;
  private readonly random: () => number;
  private readonly isCanary: Uint8Array;
  private readonly request: UserRequest;

  constructor(scenario: Scenario, seed: number) {
    this.scenario = scenario;
    this.random = randomFrom(seed);
    // A user's side is drawn once and stays, as with a hash of who they are.
    this.isCanary = Uint8Array.from({ length: USERS * scenario.perSecond }, () =>
      Number(this.random() * 100 < scenario.weight),
    );
    this.request = {
      at: 0,
      side: 'stable',
      user: 0,
      group: '',
      status: 200,
      failed: false,
      duration: 0,
      bytes: 0,
    };
  }

  /** The next request; always the same object, so that millions cost no memory. */
  next(): UserRequest {
    const { scenario, random, request } = this;
    request.at -= (Math.log(1 - random()) * 1000) / scenario.perSecond;
    const draw = random();
    // Few users ask often, many seldom.
    request.user = Math.floor(this.isCanary.length * draw * Math.sqrt(draw));
    const isCanary = this.isCanary[request.user] === 1;
    const isWorse = isCanary && request.at >= scenario.from * 1000;
    request.side = isCanary ? 'canary' : 'stable';
    request.failed = random() < (isWorse ? scenario.failing : STABLE_FAILING);
    request.status = request.failed ? 500 : random() < REFUSED ? 404 : 200;
    request.group = GROUPS[Math.floor(random() * ROUTES)] ?? '';
    const usual = DURATIONS[Math.floor(random() * DURATIONS.length)] ?? MEDIAN_MS;
    request.duration = isWorse ? usual * scenario.slowness : usual;
    request.bytes = 1000 + 500 * random();
    return request;
  }
}

const GROUPS = Array.from({ length: ROUTES }, (_, route) => `POST /${route}`);
/** Draws of a duration, made once: a logarithm for every request would take most of the time. */
const DURATIONS = drawDurations(65_536);

function drawDurations(count: number): Float64Array {
  const random = randomFrom(1);
  return Float64Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return MEDIAN_MS * Math.exp(SIGMA * normal);
  });
}
