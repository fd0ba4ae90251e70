import { ended } from '../sentences.ts';
import type { Release } from './release.ts';

/** Errors for which a person has to look at the images, or at what they need: to try again changes nothing. */
const OF_THE_IMAGES: readonly (string | undefined)[] = [
  'not-ready',
  'start-failed',
  'hook-failed',
  'data-protected',
  'not-rehearsed',
  'rehearsal-failed',
  'migration-failed',
];

/**
 * Why nobody but a person releases images again whose last release this is, a sentence; `undefined` if a timer may: they were
 * never looked at, another release took their place, or something else failed that may work by itself later.
 */
export function whyNotAgain({
  id,
  state,
  reason,
  failure,
  wasReplaced,
}: Pick<Release, 'id' | 'state' | 'reason' | 'failure' | 'wasReplaced'>): string | undefined {
  switch (state) {
    case 'reverted':
    case 'removed':
      return wasReplaced
        ? undefined
        : `Release ${id} was of the same images: ${ended(reason)} ${AGAIN}`;
    case 'holding':
    case 'paused':
    case 'inconclusive':
      return `Release ${id} is of the same images, and waits for a person: ${ended(reason)}`;
    case 'failed':
      return OF_THE_IMAGES.includes(failure)
        ? `Release ${id} is of the same images, and failed: ${ended(reason)} ${AGAIN}`
        : undefined;
    default:
      return undefined;
  }
}

const AGAIN = '`canary deploy --image` or `--tag` deploys them again.';
