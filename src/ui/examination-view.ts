import type { Examination } from '../documents/examination.ts';
import { resultMark, type Theme } from './theme.ts';

/** The results of checks and comparisons, one line each; or what it means if there are none. */
export function examinationText({ checks, shape }: Examination, theme: Theme): string {
  const lines = [...checks, ...shape].map(
    ({ result, text }) => `${resultMark(result, theme)} ${text}`,
  );
  if (lines.length === 0)
    return 'Nothing to check: canary.yaml has no checks, and no user of the stable sent a request that can be compared.';
  return lines.join('\n');
}
