/** What protects users from a failing canary, besides the judge. */
export interface ProtectionSettings {
  /** Failures in a row after which the proxy takes the canary out; `undefined`: never. */
  breaker: number | undefined;
  /** The share of the canary's requests that the stable may answer instead, from 0 to 1. */
  shield: number;
}

/** The shield may answer this many requests in each of its windows, whatever their share. */
const FLOOR = 5;
const WINDOW_MS = 10_000;

/** The proxy's part in a walk: the breaker, and the shield. */
export class Protection {
  private readonly settings: ProtectionSettings;
  private readonly random: () => number;
  private untilTripped: number;
  private window = { number: 0, served: 0, shielded: 0 };

  /** `failing`: the share of the canary's requests that fail. */
  constructor(settings: ProtectionSettings, failing: number, random: () => number) {
    this.settings = settings;
    this.random = random;
    this.untilTripped = drawRun(settings.breaker, failing, random);
  }

  /** Serves requests of the canary's users; returns how many come before the breaker trips. */
  serve(requests: number, now: number): { served: number; isTripped: boolean } {
    const served = Math.min(requests, this.untilTripped);
    this.untilTripped -= served;
    const number = Math.floor(now / WINDOW_MS);
    if (number !== this.window.number) this.window = { number, served: 0, shielded: 0 };
    this.window.served += served;
    return { served, isTripped: this.untilTripped === 0 };
  }

  /** Whether the stable answers a failed request instead, so that its user sees no failure. */
  isShielded(repeatable: number): boolean {
    const { window, settings } = this;
    if (settings.shield === 0 || this.random() >= repeatable) return false;
    const most = Math.max(FLOOR, settings.shield * window.served);
    if (window.shielded >= most) return false;
    window.shielded += 1;
    return true;
  }
}

/**
 * After how many requests so many have failed in a row. Runs of rare failures come at random: then
 * the time until the first is about exponential (W. Feller, An Introduction to Probability Theory
 * and Its Applications, volume 1, XIII.7).
 */
function drawRun(length: number | undefined, failing: number, random: () => number): number {
  if (length === undefined || failing <= 0) return Number.POSITIVE_INFINITY;
  if (failing >= 1) return length;
  const chance = failing ** length;
  const mean = (1 - chance) / ((1 - failing) * chance);
  return Math.ceil(length - (mean - length) * Math.log(1 - random()));
}
