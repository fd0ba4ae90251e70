import { digest } from './engine.ts';

/** Where a user stands among all, from 0 to 9999, as a hash of who it is. */
export function bucketOf(user: string): number {
  const known = buckets.get(user);
  if (known !== undefined) return known;
  const bucket = Number.parseInt(digest(user).slice(0, 8), 16) % 10_000;
  buckets.set(user, bucket);
  return bucket;
}

const buckets = new Map<string, number>();
