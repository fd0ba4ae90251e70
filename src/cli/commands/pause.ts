import { formatWeight } from '../../proxy/weight.ts';
import type { Program, WithSession } from '../session.ts';

export function pause(program: Program, run: WithSession): void {
  program
    .command('pause')
    .description('send every user to the stable for a while; `resume` gives them back')
    .action(
      run(async ({ context, output }) => {
        const { pause } = await import('../../workflows/pause.ts');
        const result = await pause(context);
        output.result(result, () =>
          result.changed
            ? `Every user is on the stable. \`canary resume\` gives ${formatWeight(result.weight)} of them back.`
            : 'Every user is on the stable already.',
        );
      }),
    );
}
