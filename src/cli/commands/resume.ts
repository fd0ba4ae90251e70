import { formatWeight } from '../../proxy/weight.ts';
import { resume } from '../../workflows/resume.ts';
import { exitOf } from '../exit-of.ts';
import type { Session } from '../session.ts';

export async function runResume({ context, output }: Session): Promise<number> {
  const result = await resume(context);
  const { weight, changed, state, reason } = result;
  output.result(result, () => {
    if (!changed) return 'Nothing was paused.';
    if (state === 'promoted') return `${output.theme.good('Promoted')}: ${reason}.`;
    return state === 'paused' || state === 'inconclusive'
      ? `${formatWeight(weight)} of users are sent to the canary: ${reason}.`
      : `Every user is on the stable: ${reason}`;
  });
  return exitOf(result);
}
