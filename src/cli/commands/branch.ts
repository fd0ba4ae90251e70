import { shortCommit } from '../../compose/model/names.ts';
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
        const result = await branch(context, name, from);
        const at = shortCommit(result.commit);
        output.result(result, () =>
          result.created
            ? `Made branch ${result.branch} at ${at}.`
            : `Branch ${result.branch} exists already, at ${at}; nothing was changed.`,
        );
      }),
    );
}
