import { CanaryError } from '../errors.ts';
import { ended } from '../sentences.ts';
import type { Release } from './release.ts';
import { releaseTitle } from './source.ts';

/** What speaks against making a canary the stable; `requests`: what its users have sent it. */
export function doubtsAbout(
  { state, reason, verdict, weights, progress, wasReady }: Release,
  requests: number,
): string[] {
  const hadUsers = requests > 0 || weights.some(({ weight }) => weight > 0);
  const isReady = wasReady || (progress !== undefined && progress.index >= 0);
  return [
    ...(state === 'failed' ? [ended(`It has failed: ${reason}`)] : []),
    ...(verdict?.result === 'fail' ? [`It was judged bad: ${verdict.reasons[0]}`] : []),
    ...(isReady ? [] : ['It was never ready for users.']),
    ...(hadUsers ? [] : ['It never had users.']),
  ];
}

/** Rejects a canary that nothing speaks for; finishing a promotion that has begun is always possible. */
export function requireProven(release: Release, requests: number): void {
  const [first, ...more] = release.replacing ? [] : doubtsAbout(release, requests);
  if (first === undefined) return;
  throw new CanaryError(
    'not-proven',
    `The canary of ${releaseTitle(release)} is not promoted. ${first}`,
    {
      details: more,
      hint: 'Give it users first (`canary weight 5`), or promote it nevertheless: `canary promote --force`.',
    },
  );
}
