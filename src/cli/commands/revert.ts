import { shortCommit } from '../../compose/model/names.ts';
import type { RevertResult } from '../../workflows/revert.ts';
import type { Program, WithSession } from '../session.ts';

export function revert(program: Program, run: WithSession): void {
  program
    .command('revert')
    .description('abort, and take the change back by a git revert commit on its branch')
    .argument('[release]', 'take back this release, also one that was promoted')
    .option('-m, --message <text>', 'message of the revert commit')
    .action(
      run(async ({ context, output }, release, { message }) => {
        const { revert } = await import('../../workflows/revert.ts');
        const result = await revert(context, { release, message });
        output.result(result, () => describe(result, release));
      }),
    );
}

function describe({ release, side, commit, redeployed }: RevertResult, asked?: string): string {
  if (!release) {
    return asked
      ? `Release ${asked} has ended without becoming the stable; nothing was changed.`
      : 'No canary was running; nothing was changed. A promoted release is taken back by its id: `canary revert RELEASE`.';
  }
  const made = commit && `Commit ${shortCommit(commit)} takes the change back.`;
  if (side === 'stable') {
    return made
      ? `The stable is what it was before release ${release}. ${made}`
      : 'The stable is back already; nothing was changed.';
  }
  const now = redeployed
    ? 'The canary runs the branch as it is now, without users.'
    : 'The canary is gone.';
  return `Every user is on the stable. ${made ?? 'No commit was needed.'} ${now}`;
}
