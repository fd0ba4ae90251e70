import { exitOf } from '../output.ts';
import type { Program, WithSession } from '../session.ts';

export function resume(program: Program, run: WithSession): void {
  program
    .command('resume')
    .description('give a canary its users back, and go on with the steps in canary.yaml')
    .action(
      run(async ({ context, output }) => {
        const { resume } = await import('../../workflows/resume.ts');
        const { resumeText } = await import('../../ui/traffic-view.ts');
        const result = await resume(context);
        output.result(result, () => resumeText(result, output.theme));
        return exitOf(result);
      }),
    );
}
