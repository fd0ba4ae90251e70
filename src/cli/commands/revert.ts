import { type RevertResult, revert } from '../../workflows/revert.ts';
import type { Session } from '../session.ts';

export async function runRevert(
  { context, output }: Session,
  options: { message?: string | undefined },
): Promise<undefined> {
  const result = await revert(context, options.message);
  output.result(result, () => describe(result));
  return undefined;
}

function describe({ release, commit, redeployed }: RevertResult): string {
  if (!release) return 'No canary was running; nothing was changed.';
  const made = commit
    ? `Commit ${commit.slice(0, 12)} takes the change back.`
    : 'No commit was needed.';
  const now = redeployed
    ? 'The canary runs the branch as it is now, without users.'
    : 'The canary is gone.';
  return `Every user is on the stable. ${made} ${now}`;
}
