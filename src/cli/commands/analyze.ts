import { EXIT } from '../../errors.ts';
import { replayText } from '../../ui/replay-view.ts';
import { type AnalyzeOptions, analyze } from '../../workflows/analyze.ts';
import type { Session } from '../session.ts';

type AnalyzeFlags = Omit<AnalyzeOptions, 'journal' | 'signals'> & {
  replay: string;
  signal: NonNullable<AnalyzeOptions['signals']>;
};

export async function runAnalyze(
  { context, output }: Session,
  { replay, signal, ...settings }: AnalyzeFlags,
): Promise<number> {
  const signals = signal.length > 0 ? signal : undefined;
  const result = await analyze(context, { ...settings, journal: replay, signals });
  output.result(result, () => replayText(result, output.theme));
  const last = result.steps.at(-1)?.result;
  if (last === 'fail') return EXIT.judgedBad;
  return last === 'pass' ? EXIT.done : EXIT.inconclusive;
}
