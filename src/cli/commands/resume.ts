import { formatWeight } from '../../proxy/weight.ts';
import { isWaiting } from '../../rollout/release.ts';
import { exitOf } from '../output.ts';
import type { Program, WithSession } from '../session.ts';

export function resume(program: Program, run: WithSession): void {
  program
    .command('resume')
    .description('give a canary its users back, and go on with the steps in canary.yaml')
    .action(
      run(async ({ context, output }) => {
        const { resume } = await import('../../workflows/resume.ts');
        const result = await resume(context);
        const { weight, changed, state, reason } = result;
        output.result(result, () => {
          if (!changed) return 'Nothing was paused.';
          if (state === 'promoted') return `${output.theme.good('Promoted')}: ${reason}.`;
          return isWaiting(state) || state === 'inconclusive'
            ? `${formatWeight(weight)} of users are sent to the canary: ${reason}.`
            : `Every user is on the stable: ${reason}`;
        });
        return exitOf(result);
      }),
    );
}
