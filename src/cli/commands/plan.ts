import { EXIT } from '../../errors.ts';
import { weightArgument } from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function plan(program: Program, run: WithSession): void {
  program
    .command('plan')
    .description('print what would happen and why, as steps; changes nothing')
    .option('-b, --branch <name>', 'plan the deploy of this branch, not only `up`')
    .option(
      '-w, --weight <percent>',
      'the share of users that deploy would be given',
      weightArgument,
    )
    .option('--exit-code', 'exit with 1 when there is something to do', false)
    .action(
      run(async ({ context, output }, { branch, weight, exitCode }) => {
        const { plan, planTitle } = await import('../../workflows/plan.ts');
        const { describeOperation, formatPlan } = await import('../../rollout/format-plan.ts');
        const result = await plan(context, branch, weight);
        const { steps, notes } = result;
        const operations = result.operations.map((each) => ({
          ...each,
          text: describeOperation(each),
        }));
        output.result({ version: 1, ...result, operations }, () =>
          [
            output.theme.bold(`Plan for ${planTitle(result)}`),
            formatPlan(result.operations),
            ...steps.map((text, index) => `step ${index + 1} of ${steps.length}: ${text}`),
            ...notes.map((note) => output.theme.dim(`· ${note}`)),
          ].join('\n'),
        );
        return exitCode && operations.length > 0 ? EXIT.failed : EXIT.done;
      }),
    );
}
