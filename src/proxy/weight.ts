import { CanaryError } from '../errors.ts';

/** Number of buckets for users; a weight of 1% covers a hundredth of them. */
export const BUCKETS = 10_000;

/** Reads a weight in percent, 0 to 100 in steps of 0.01; throws `usage`. */
export function parseWeight(text: string): number {
  const weight = /^\d{1,3}(\.\d{1,2})?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (Number.isNaN(weight) || weight > 100) {
    throw new CanaryError('usage', `\`${text}\` is not a weight.`, {
      hint: 'A weight is a share of users in percent, from 0 to 100 in steps of 0.01.',
    });
  }
  return weight;
}

/** How many buckets a weight covers. */
export function toBuckets(weight: number): number {
  return Math.round((weight * BUCKETS) / 100);
}

/** The weight that covers this many buckets. */
export function fromBuckets(buckets: number): number {
  return (buckets * 100) / BUCKETS;
}

/** A weight for output, with no more digits than needed. */
export function formatWeight(weight: number): string {
  return `${Number(weight.toFixed(2))} %`;
}
