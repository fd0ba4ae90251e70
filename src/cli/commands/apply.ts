import type { Program, WithSession } from '../session.ts';

export function apply(program: Program, run: WithSession): void {
  program
    .command('apply')
    .description('commit patches to a branch, all or none, without touching your working tree')
    .argument('<patch...>', 'plain diffs, or mails of `git format-patch` (they keep their author)')
    .option('-b, --branch <name>', 'the branch (default: git.canary of canary.yaml)')
    .option('-m, --message <text>', 'commit message for patches that have none')
    .option('--3way', 'merge if the lines around a change differ on the branch', false)
    .action(
      run(async ({ context, output }, patches, { branch, message, '3way': threeWay }) => {
        const { apply } = await import('../../workflows/apply.ts');
        const { applyText } = await import('../../ui/git-view.ts');
        const result = await apply(context, patches, { branch, message, threeWay });
        output.result(result, () => applyText(result));
      }),
    );
}
