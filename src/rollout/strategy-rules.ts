import type { Strategy } from '../config/sections/strategy.ts';
import { CanaryError } from '../errors.ts';
import { isPartial, stepName } from './progress.ts';
import type { Release } from './release.ts';

/** Before anything is changed, rejects a manual weight that the strategy does not allow. */
export function requireWeight(
  kind: Strategy['kind'],
  weight: number,
  command: 'deploy' | 'weight',
): void {
  if (kind === 'blue-green' && weight !== 0 && weight !== 100) {
    throw new CanaryError('strategy-refuses', 'Blue-green allows only the weights 0 and 100.', {
      hint: '`canary weight 100` moves every user at once, `canary weight 0` moves them back.',
    });
  }
  if (kind !== 'ab') return;
  // A canary without users can be inspected before its test begins.
  if (command === 'deploy' && weight === 0) return;
  throw new CanaryError('strategy-refuses', 'The split of an A/B test cannot be changed.', {
    hint: 'Its share is `strategy: { ab: { weight: N } }` in canary.yaml. `canary pause` takes the users off for a while, `canary abort` ends the test.',
  });
}

/** Rejects a promotion that the release's strategy does not allow, or not yet. */
export function requirePromotable(
  strategy: Strategy['kind'],
  { replacing, progress }: Release,
): void {
  if (replacing) return;
  // A release keeps the strategy it began with, whatever canary.yaml contains now.
  const kind = progress?.strategy ?? strategy;
  if (kind === 'ab') {
    throw new CanaryError('strategy-refuses', 'An A/B test is compared, not promoted.', {
      hint: 'To promote the winner change `strategy` in canary.yaml to canary, then deploy and promote it.',
    });
  }
  if (!progress || !isPartial(progress)) return;
  throw new CanaryError(
    'strategy-refuses',
    `Not all containers of the canary run yet (${stepName(progress)}); it could not serve all users.`,
    {
      hint: '`canary resume` goes on with the steps, `canary weight 100` starts them all at once.',
    },
  );
}
