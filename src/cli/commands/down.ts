import type { Program, WithSession } from '../session.ts';

export function down(program: Program, run: WithSession): void {
  program
    .command('down')
    .description('remove the proxy and the canary, and give the services their ports back')
    .action(
      run(async ({ context, output, globals }) => {
        const { down } = await import('../../workflows/down.ts');
        const { downText } = await import('../../ui/setup-view.ts');
        const result = await down(context, globals.yes);
        output.result(result, () => downText(result));
      }),
    );
}
