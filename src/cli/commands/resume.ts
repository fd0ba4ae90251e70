import { EXIT } from '../../errors.ts';
import { exitOf } from '../output.ts';
import type { Program, WithSession } from '../session.ts';

export function resume(program: Program, run: WithSession): void {
  program
    .command('resume')
    .description('give a canary its users back, and go on with the steps in canary.yaml')
    .action(
      run(async (session) => {
        const { output } = session;
        const { resume } = await import('../../workflows/resume.ts');
        const { resumeText } = await import('../../ui/traffic-view.ts');
        const { followed } = await import('../followed.ts');
        const { result, steered } = await followed(session, 'resume', (shown) => resume(shown));
        if (!result) return steered ?? EXIT.done;
        output.result(result, () => resumeText(result, output.theme));
        return exitOf(result);
      }),
    );
}
