import { shortened } from '../process.ts';

/** How many lines of a failed build an error shows. */
const SHOWN = 30;

/** BuildKit's plain progress: the number of a step, and what it says. */
const STEP = /^#(\d+) (.*)$/;
/** Before each line that a step prints, the seconds since it began. */
const SECONDS = /^\d+\.\d+ /;

/**
 * The part of a failed build's output that says why: the failing step and its last lines, as the engine gave them.
 * Steps that ran at the same time are left out.
 */
export function failingStep(output: string): string[] {
  return failingLines(output).map(shortened);
}

function failingLines(output: string): string[] {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const steps = lines.flatMap((line) => {
    const [, step = '', said = ''] = STEP.exec(line) ?? [];
    return step ? [{ step, said }] : [];
  });
  const failed = steps.find(({ said }) => said.startsWith('ERROR: '))?.step;
  if (failed === undefined) return lines.filter((line) => line !== '').slice(-SHOWN);
  const own = steps.filter(({ step }) => step === failed).map(({ said }) => said);
  const [name = ''] = own.filter((said) => said.startsWith('['));
  const printed = own.filter((said) => SECONDS.test(said)).map((said) => said.replace(SECONDS, ''));
  const reasons = own.filter((said) => said.startsWith('ERROR: '));
  return [...(name ? [name] : []), ...printed.slice(-SHOWN), ...reasons];
}
