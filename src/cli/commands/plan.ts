import { EXIT } from '../../errors.ts';
import { describeOperation, formatPlan } from '../../rollout/format-plan.ts';
import { plan, planTitle } from '../../workflows/plan.ts';
import type { Session } from '../session.ts';

export async function runPlan(
  { context, output }: Session,
  options: { branch?: string | undefined; weight?: number | undefined; exitCode: boolean },
): Promise<number> {
  const result = await plan(context, options.branch, options.weight);
  const operations = result.operations.map((each) => ({ ...each, text: describeOperation(each) }));
  output.result({ version: 1, ...result, operations }, () =>
    [
      output.theme.bold(`Plan for ${planTitle(result)}`),
      formatPlan(result.operations),
      ...stepLines(result.steps),
      ...result.notes.map((note) => output.theme.dim(`· ${note}`)),
    ].join('\n'),
  );
  return options.exitCode && operations.length > 0 ? EXIT.failed : EXIT.done;
}

function stepLines(steps: readonly string[]): string[] {
  return steps.map((text, index) => `step ${index + 1} of ${steps.length}: ${text}`);
}
