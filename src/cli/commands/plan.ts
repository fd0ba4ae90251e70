import { CanaryError, EXIT } from '../../errors.ts';
import { weightArgument } from '../arguments.ts';
import { wishesOf, withImageOptions } from '../image-options.ts';
import type { Program, WithSession } from '../session.ts';

export function plan(program: Program, run: WithSession): void {
  withImageOptions(
    program
      .command('plan')
      .description('print what would happen and why, as steps; changes nothing')
      .option('-b, --branch <name>', 'plan the deploy of this branch, not only `up`'),
  )
    .option(
      '-w, --weight <percent>',
      'the share of users that deploy would be given',
      weightArgument,
    )
    .option('--exit-code', 'exit with 1 when there is something to do', false)
    .action(
      run(async ({ context, output }, { weight, exitCode, ...flags }) => {
        const { plan } = await import('../../workflows/plan.ts');
        const { describeOperation, planText } = await import('../../ui/plan-view.ts');
        const wishes = await wishesOf(flags, context.options.directory);
        if (weight !== undefined && !wishes && flags.branch === undefined) throw needsSource();
        const facts = await plan(context, wishes ?? flags.branch, weight);
        const operations = facts.operations.map((each) => ({
          ...each,
          text: describeOperation(each),
        }));
        const result = { ...facts, version: 1 as const, operations };
        output.result(result, () => planText(result, output.theme));
        return exitCode && operations.length > 0 ? EXIT.failed : EXIT.done;
      }),
    );
}

function needsSource(): CanaryError {
  return new CanaryError('usage', '`--weight` plans a deploy, and nothing to deploy is named.', {
    hint: 'Name a branch, `--branch NAME`, or an image that was built elsewhere: `--tag TAG`, `--image SERVICE=IMAGE`, `--set NAME=VALUE` or `--pull`.',
  });
}
