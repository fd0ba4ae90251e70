import type { Program, WithSession } from '../session.ts';

export function promote(program: Program, run: WithSession): void {
  program
    .command('promote')
    .description("make the canary's code the stable, without a gap")
    .option('-m, --message <text>', 'message of the merge commit, where one is needed')
    .action(
      run(async ({ context, output }, { message }) => {
        const { promote } = await import('../../workflows/promote.ts');
        const { promoteText } = await import('../../ui/traffic-view.ts');
        const result = await promote(context, message);
        output.result(result, () => promoteText(result, output.theme));
      }),
    );
}
