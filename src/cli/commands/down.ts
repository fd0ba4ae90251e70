import type { Program, WithSession } from '../session.ts';

export function down(program: Program, run: WithSession): void {
  program
    .command('down')
    .description('take proxy and canary away and give the ports back')
    .action(
      run(async ({ context, output }) => {
        const { down } = await import('../../workflows/down.ts');
        const result = await down(context);
        output.result(result, () =>
          result.changed
            ? 'Proxy and canary are gone; the services have their ports back.'
            : 'There was no proxy and no canary.',
        );
      }),
    );
}
