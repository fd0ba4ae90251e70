import type { Life, Step } from './life.ts';

/** Lower is simpler: a step, then what happens in it, then how long it is waited and at what call. */
const NUMBERS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/**
 * The shortest life that still fails, by leaving out and lowering one thing after the other for as long as that works.
 * `fails`: whether a life fails in the same way.
 */
export async function shrink(
  life: Life,
  fails: (life: Life) => Promise<boolean>,
  mostTries = 400,
): Promise<Life> {
  let best = life;
  let tries = 0;
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (const simpler of simplerThan(best)) {
      tries += 1;
      if (tries > mostTries) return best;
      if (!(await fails(simpler))) continue;
      best = simpler;
      isBetter = true;
      break;
    }
  }
  return best;
}

function* simplerThan(life: Life): Generator<Life> {
  const { steps } = life;
  const without = <T>(list: readonly T[], index: number) => list.filter((_, at) => at !== index);
  // The last ones first: what comes after the fault matters least.
  for (let index = steps.length - 1; index >= 0; index -= 1)
    yield { ...life, steps: without(steps, index) };
  for (let index = steps.length - 1; index >= 0; index -= 1)
    for (const step of simplerSteps(steps[index] as Step))
      yield { ...life, steps: steps.map((each, at) => (at === index ? step : each)) };
}

function* simplerSteps(step: Step): Generator<Step> {
  const { faults, happenings, beside, rest } = step;
  if (beside) yield { ...step, beside: undefined };
  for (const each of faults) yield { ...step, faults: faults.filter((other) => other !== each) };
  for (const each of happenings)
    yield { ...step, happenings: happenings.filter((other) => other !== each) };
  if (beside && beside.faults.length > 0) yield { ...step, beside: { ...beside, faults: [] } };
  for (const lower of lowerThan(rest)) yield { ...step, rest: lower };
  for (const each of happenings)
    for (const after of lowerThan(each.after))
      yield {
        ...step,
        happenings: happenings.map((other) => (other === each ? { ...each, after } : other)),
      };
  if (beside)
    for (const after of lowerThan(beside.after)) yield { ...step, beside: { ...beside, after } };
}

function lowerThan(number: number): number[] {
  return NUMBERS.filter((each) => each < number).slice(0, 6);
}
