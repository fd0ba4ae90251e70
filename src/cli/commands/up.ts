import type { Program, WithSession } from '../session.ts';

export function up(program: Program, run: WithSession): void {
  program
    .command('up')
    .description('put the proxy in front of the stable')
    .action(
      run(async ({ context, output }) => {
        const { up } = await import('../../workflows/up.ts');
        const result = await up(context);
        output.result(result, () => {
          const lines = result.entries.map(({ service, address, preview }) => {
            const own = preview ? `; the canary alone, once there is one: ${preview}` : '';
            return `  ${output.theme.bold(service)}  ${address}${own}`;
          });
          const title = result.changed
            ? 'The proxy is in front of your services.'
            : 'The proxy was already in front of your services.';
          return [title, ...lines, 'Next: `canary deploy --branch BRANCH --weight 5`.'].join('\n');
        });
      }),
    );
}
