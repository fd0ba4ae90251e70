import { type RevertResult, revert } from '../../workflows/revert.ts';
import type { Session } from '../session.ts';

export async function runRevert(
  { context, output }: Session,
  release: string | undefined,
  { message }: { message?: string | undefined },
): Promise<undefined> {
  const result = await revert(context, { release, message });
  output.result(result, () => describe(result, release));
  return undefined;
}

function describe({ release, side, commit, redeployed }: RevertResult, asked?: string): string {
  if (!release) {
    return asked
      ? `Release ${asked} has ended without becoming the stable; nothing was changed.`
      : 'No canary was running; nothing was changed. A promoted release is taken back by its id: `canary revert RELEASE`.';
  }
  if (side === 'stable') {
    return commit
      ? `The stable is what it was before release ${release}. Commit ${commit.slice(0, 12)} takes the change back.`
      : 'The stable is back already; nothing was changed.';
  }
  const made = commit
    ? `Commit ${commit.slice(0, 12)} takes the change back.`
    : 'No commit was needed.';
  const now = redeployed
    ? 'The canary runs the branch as it is now, without users.'
    : 'The canary is gone.';
  return `Every user is on the stable. ${made} ${now}`;
}
