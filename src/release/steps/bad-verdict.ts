import type { Verdict } from '../../analysis/combine.ts';
import { sentence } from '../../analysis/combine.ts';
import { CanaryError } from '../../errors.ts';
import { applySplit } from '../../execution/split.ts';
import { type ReleaseRun, record } from '../../project/run.ts';
import { OFF } from '../../proxy/weight-map.ts';

/** Takes every user off a canary that was found bad, records why, and returns the error that ends its release. */
export async function takeUsersOffBadCanary(
  run: ReleaseRun,
  verdict: Verdict,
  details: () => Promise<readonly string[]> = async () => [],
): Promise<CanaryError> {
  await applySplit(run.project, OFF);
  const reasons = reasonsOf(verdict);
  await record(run, { type: 'verdict-given', verdict: { result: 'fail', reasons } });
  return new CanaryError('judged-bad', sentence(verdict), {
    // Read after the users are off: it takes longer.
    details: [...(reasons.length > 1 ? reasons : []), ...(await details())],
    hint: 'Every user is on the stable. `canary history` keeps why.',
  });
}

/** Every reason of a verdict, a sentence each. */
export function reasonsOf({ opinions }: Verdict): string[] {
  return opinions.map(({ source, text }) => `${source}: ${text}`);
}
