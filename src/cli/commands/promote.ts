import type { Program, WithSession } from '../session.ts';

export function promote(program: Program, run: WithSession): void {
  program
    .command('promote')
    .description('make the canary the stable, without a gap')
    .option('-m, --message <text>', 'message of the merge commit, where one is needed')
    .option('--now', 'also while `canary deploy` goes through the steps: they end here', false)
    .option(
      '--force',
      'also a canary that failed, was judged bad, never had users, or changed since it was judged',
      false,
    )
    .action(
      run(async ({ context, output, globals }, { message, now, force }) => {
        const { promote } = await import('../../workflows/promote.ts');
        const { promoteText } = await import('../../ui/traffic-view.ts');
        const result = await promote(context, {
          message,
          isNow: now,
          isForced: force,
          isSure: globals.yes,
        });
        output.result(result, () => promoteText(result, output.theme));
      }),
    );
}
