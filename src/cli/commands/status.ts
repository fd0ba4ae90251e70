import type { Program, WithSession } from '../session.ts';

export function status(program: Program, run: WithSession): void {
  program
    .command('status')
    .description('what runs, who gets what, and how it goes')
    .option('-w, --watch', 'print it again whenever it changes', false)
    .action(
      run(async ({ context, output, streams }, { watch }) => {
        const { status, watchStatus } = await import('../../workflows/status.ts');
        const { statusText } = await import('../../ui/status-view.ts');
        if (!watch) {
          const result = await status(context);
          output.result(result, () => statusText(result, output.theme));
          return;
        }
        let isRead = true;
        streams.stdout.once('error', () => {
          isRead = false;
        });
        for await (const result of watchStatus(context)) {
          if (!isRead) break;
          output.result(result, () => `${statusText(result, output.theme)}\n`);
        }
      }),
    );
}
