import { binomial } from '../stats/random.ts';
import { MOST_OF_ONE } from '../witnesses.ts';
import { type Group, mixed, type Users } from './users.ts';

/** Users who get onto the canary together, the busiest first. */
export type Cohort = readonly Group[];

/**
 * Draws who gets onto the canary at each of the weights, which rise: a user's place is drawn once,
 * as with a hash of who they are.
 */
export function drawCohorts(
  { groups }: Users,
  weights: readonly number[],
  random: () => number,
): Cohort[] {
  let left = groups;
  let below = 0;
  return weights.map((weight) => {
    const share = below < 100 ? (weight - below) / (100 - below) : 0;
    below = weight;
    const cohort = left.map(({ size, rate }) => ({ size: binomial(size, share, random), rate }));
    left = left.map(({ size, rate }, index) => ({ size: size - (cohort[index]?.size ?? 0), rate }));
    return cohort.filter(({ size }) => size > 0);
  });
}

/** A user on the canary, and how often that user asks, in requests per millisecond. */
export interface Drawn {
  id: number;
  rate: number;
}

/** The users on the canary during a walk; cohorts join it and stay. */
export class Crowd {
  private readonly members: (Group & { since: number; firstId: number })[] = [];
  private size = 0;
  /** Requests per millisecond. */
  rate = 0;
  /** The number of equally busy users who would be as mixed as these. */
  mixture = 0;

  /** A cohort gets onto the canary at a time, in milliseconds. */
  join(cohort: Cohort, since: number): void {
    for (const group of cohort) {
      this.members.push({ ...group, since, firstId: this.size });
      this.size += group.size;
    }
    Object.assign(this, mixed(this.members));
  }

  /** Requests per millisecond of users whom the judge still counts in its rates. */
  countedRate(now: number): number {
    return this.members.reduce((sum, { size, rate, since }) => {
      const isCounted = rate * (now - since) < MOST_OF_ONE;
      return isCounted ? sum + size * rate : sum;
    }, 0);
  }

  /** Draws the user of a request. */
  draw(random: () => number): Drawn | undefined {
    let left = random() * this.rate;
    for (const { size, rate, firstId } of this.members) {
      left -= size * rate;
      if (left < 0) return { id: firstId + Math.floor(random() * size), rate };
    }
    return undefined;
  }
}
