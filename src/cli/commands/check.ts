import { EXIT } from '../../errors.ts';
import { examinationText } from '../../ui/examination-view.ts';
import { check } from '../../workflows/check.ts';
import type { Session } from '../session.ts';

const EXIT_OF = { pass: EXIT.done, fail: EXIT.failed, error: EXIT.inconclusive };

export async function runCheck({ context, output }: Session): Promise<number> {
  const result = await check(context);
  output.result(result, () => examinationText(result, output.theme));
  return EXIT_OF[result.result];
}
