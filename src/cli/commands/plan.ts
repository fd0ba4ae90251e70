import { EXIT } from '../../errors.ts';
import { describeStep, formatPlan } from '../../rollout/format-plan.ts';
import { plan, planTitle } from '../../workflows/plan.ts';
import type { Session } from '../session.ts';

export async function runPlan(
  { context, output }: Session,
  options: { branch?: string | undefined; weight?: number | undefined; exitCode: boolean },
): Promise<number> {
  const result = await plan(context, options.branch, options.weight);
  const steps = result.steps.map((step) => ({ ...step, text: describeStep(step) }));
  output.result({ version: 1, ...result, steps }, () =>
    [
      output.theme.bold(`Plan for ${planTitle(result)}`),
      formatPlan(result.steps),
      ...rampLines(result.ramp),
      ...result.notes.map((note) => output.theme.dim(`· ${note}`)),
    ].join('\n'),
  );
  return options.exitCode && steps.length > 0 ? EXIT.failed : EXIT.done;
}

function rampLines(ramp: readonly string[]): string[] {
  return ramp.map((text, index) => `step ${index + 1} of ${ramp.length}: ${text}`);
}
