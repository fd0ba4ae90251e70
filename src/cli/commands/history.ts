import { countArgument } from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function history(program: Program, run: WithSession): void {
  program
    .command('history')
    .description('list every release, newest first: when, what, and how it ended')
    .option('-n, --number <count>', 'show only this many', countArgument)
    .action(
      run(async ({ context, output }, { number }) => {
        const { history } = await import('../../workflows/history.ts');
        const { historyText } = await import('../../ui/history-view.ts');
        const result = await history(context, number);
        output.result(result, () => historyText(result.releases, output.theme));
      }),
    );
}
