import { EXIT } from '../../errors.ts';
import type { Program, WithSession } from '../session.ts';

const EXIT_OF = { pass: EXIT.done, fail: EXIT.failed, error: EXIT.inconclusive };

export function check(program: Program, run: WithSession): void {
  program
    .command('check')
    .description('run the checks in canary.yaml and compare the answers of both sides now')
    .action(
      run(async ({ context, output }) => {
        const { check } = await import('../../workflows/check.ts');
        const { examinationText } = await import('../../ui/examination-view.ts');
        const result = await check(context);
        output.result(result, () => examinationText(result, output.theme));
        return EXIT_OF[result.result];
      }),
    );
}
