import { historyText } from '../../ui/history-view.ts';
import { history } from '../../workflows/history.ts';
import type { Session } from '../session.ts';

export async function runHistory(
  { context, output }: Session,
  options: { number?: number | undefined },
): Promise<undefined> {
  const result = await history(context, options.number);
  output.result(result, () => historyText(result.releases, output.theme));
  return undefined;
}
