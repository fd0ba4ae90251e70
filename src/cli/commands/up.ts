import type { Program, WithSession } from '../session.ts';

export function up(program: Program, run: WithSession): void {
  program
    .command('up')
    .description('put the proxy in front of the stable')
    .action(
      run(async ({ context, output }) => {
        const { up } = await import('../../workflows/up.ts');
        const { upText } = await import('../../ui/setup-view.ts');
        const result = await up(context);
        output.result(result, () => upText(result, output.theme));
      }),
    );
}
