import type { Program, WithSession } from '../session.ts';

export function revert(program: Program, run: WithSession): void {
  program
    .command('revert')
    .description('abort and add a git revert commit to the branch; or take back a promoted release')
    .argument('[release]', 'take back this release, also one that was promoted')
    .option('-m, --message <text>', 'message of the revert commit')
    .action(
      run(async ({ context, output, globals }, release, { message }) => {
        const { revert } = await import('../../workflows/revert.ts');
        const { revertText } = await import('../../ui/traffic-view.ts');
        const result = await revert(context, { release, message, isSure: globals.yes });
        output.result(result, () => revertText(result, release));
      }),
    );
}
