import { EXIT } from '../../errors.ts';
import {
  chanceArgument,
  collectSignal,
  countArgument,
  required,
  weightArgument,
} from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

export function analyze(program: Program, run: WithSession): void {
  program
    .command('analyze')
    .description('judge a recorded release again, with other settings')
    .option('--replay <journal>', 'the file of a journal, or the id of a release')
    .option('--alpha <chance>', 'allowed chance of a false alarm, such as 0.01', chanceArgument)
    .option('--margin <percent>', 'how many of all users the next step may hurt', weightArgument)
    .option(
      '--minimum-requests <count>',
      'requests on the canary before a step can pass',
      countArgument,
    )
    .option(
      '--signal <name>',
      'judge only by failed, slow, refused (4xx) or size (repeatable)',
      collectSignal,
      [],
    )
    .action(
      run(async ({ context, output }, { replay, signal, ...settings }) => {
        const journal = required(replay, '--replay <journal>');
        const { analyze } = await import('../../workflows/analyze.ts');
        const { replayText } = await import('../../ui/replay-view.ts');
        const signals = signal.length > 0 ? signal : undefined;
        const result = await analyze(context, { ...settings, journal, signals });
        output.result(result, () => replayText(result, output.theme));
        const last = result.steps.at(-1)?.result;
        if (last === 'fail') return EXIT.judgedBad;
        return last === 'pass' ? EXIT.done : EXIT.inconclusive;
      }),
    );
}
