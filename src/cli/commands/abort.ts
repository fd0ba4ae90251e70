import type { Program, WithSession } from '../session.ts';

export function abort(program: Program, run: WithSession): void {
  program
    .command('abort')
    .description('send every user to the stable at once, then remove the canary')
    .action(
      run(async ({ context, output }) => {
        const { abort } = await import('../../workflows/abort.ts');
        const { abortText } = await import('../../ui/traffic-view.ts');
        const result = await abort(context);
        output.result(result, () => abortText(result));
      }),
    );
}
