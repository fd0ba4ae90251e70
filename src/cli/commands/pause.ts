import type { Program, WithSession } from '../session.ts';

export function pause(program: Program, run: WithSession): void {
  program
    .command('pause')
    .description('send every user to the stable for a while; `resume` gives them back')
    .action(
      run(async ({ context, output }) => {
        const { pause } = await import('../../workflows/pause.ts');
        const { pauseText } = await import('../../ui/traffic-view.ts');
        const result = await pause(context);
        output.result(result, () => pauseText(result));
      }),
    );
}
