import { EXIT } from '../../errors.ts';
import { collectException } from '../arguments.ts';
import { wishesOf, withImageOptions } from '../image-options.ts';
import type { Program, WithSession } from '../session.ts';

export function rehearse(program: Program, run: WithSession): void {
  withImageOptions(
    program
      .command('rehearse')
      .description(
        'start a branch or images on a temporary copy of the shared database and report what it does',
      )
      .option('-b, --branch <name>', 'the branch (default: git.canary of canary.yaml)'),
  )
    .option(
      '--allow <exception>',
      'allow destructive:TABLE, contracting:TABLE, unclassified:NAME or unrehearsed:SERVICE (repeatable)',
      collectException,
      [],
    )
    .action(
      run(async ({ context, output }, { allow, ...flags }) => {
        const { rehearseOnly } = await import('../../workflows/rehearse.ts');
        const { NOTHING_NEW } = await import('../../ui/traffic-view.ts');
        const { rehearsalText } = await import('../../ui/rehearsal-view.ts');
        const wishes = await wishesOf(flags, context.options.directory);
        const result = await rehearseOnly(context, wishes ?? flags.branch, allow);
        if (result === null) {
          output.result({ release: null }, () => NOTHING_NEW);
          return EXIT.done;
        }
        output.result(result, () => rehearsalText(result, output.theme));
        return result.result === 'pass' ? EXIT.done : EXIT.dataProtected;
      }),
    );
}
