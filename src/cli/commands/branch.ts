import type { Program, WithSession } from '../session.ts';

export function branch(program: Program, run: WithSession): void {
  program
    .command('branch')
    .description('make a branch from the stable one, without switching to it')
    .argument('<name>', 'the new branch')
    .option('--from <ref>', 'begin at this branch, tag or commit')
    .action(
      run(async ({ context, output }, name, { from }) => {
        const { branch } = await import('../../workflows/branch.ts');
        const { branchText } = await import('../../ui/git-view.ts');
        const result = await branch(context, name, from);
        output.result(result, () => branchText(result));
      }),
    );
}
