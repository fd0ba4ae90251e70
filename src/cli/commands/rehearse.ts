import { EXIT } from '../../errors.ts';
import { collectException } from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function rehearse(program: Program, run: WithSession): void {
  program
    .command('rehearse')
    .description(
      'start a branch on a temporary copy of the shared database and report what it does',
    )
    .option('-b, --branch <name>', 'the branch (default: git.canary of canary.yaml)')
    .option(
      '--allow <exception>',
      'allow destructive:TABLE, contracting:TABLE or unrehearsed:SERVICE (repeatable)',
      collectException,
      [],
    )
    .action(
      run(async ({ context, output }, { branch, allow }) => {
        const { rehearseBranch } = await import('../../workflows/rehearse.ts');
        const { rehearsalText } = await import('../../ui/rehearsal-view.ts');
        const result = await rehearseBranch(context, branch, allow);
        output.result(result, () => rehearsalText(result, output.theme));
        return result.result === 'pass' ? EXIT.done : EXIT.dataProtected;
      }),
    );
}
