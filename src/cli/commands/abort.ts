import type { Program, WithSession } from '../session.ts';

export function abort(program: Program, run: WithSession): void {
  program
    .command('abort')
    .description('send every user to the stable at once, then remove the canary')
    .action(
      run(async ({ context, output }) => {
        const { abort } = await import('../../workflows/abort.ts');
        const result = await abort(context);
        output.result(result, () =>
          result.changed
            ? 'Every user is on the stable; the canary is gone.'
            : 'No canary was running; nothing was changed.',
        );
      }),
    );
}
