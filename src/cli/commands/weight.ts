import { weightArgument } from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function weight(program: Program, run: WithSession): void {
  program
    .command('weight')
    .description('set the share of users on the canary by hand; ends the steps in canary.yaml')
    .argument('<percent>', '0 to 100, in steps of 0.01', weightArgument)
    .action(
      run(async ({ context, output }, percent) => {
        const { weight } = await import('../../workflows/weight.ts');
        const { weightText } = await import('../../ui/traffic-view.ts');
        const result = await weight(context, percent);
        output.result(result, () => weightText(result));
      }),
    );
}
