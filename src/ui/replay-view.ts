import type { Analysis } from '../documents/analysis.ts';
import type { Theme } from './theme.ts';

/** A release judged again from its record, step by step. */
export function replayText({ release, recorded, steps }: Analysis, theme: Theme): string {
  const then = recorded ? `${recorded.result}: ${recorded.reasons.join(' ')}` : 'it was not judged';
  return [
    `${theme.bold(release)}  judged then  ${then}`,
    ...steps.map(
      ({ weight, result, text, at }) => `  ${mark(result, theme)} ${weight} %  ${at}  ${text}`,
    ),
  ].join('\n');
}

function mark(result: string, theme: Theme): string {
  if (result === 'pass') return theme.good('✔ pass');
  return result === 'fail' ? theme.bad('✖ fail') : theme.warn(`? ${result}`);
}
