import { formatWeight } from '../../proxy/weight.ts';
import { resume } from '../../workflows/resume.ts';
import type { Session } from '../session.ts';

export async function runResume({ context, output }: Session): Promise<undefined> {
  const result = await resume(context);
  const { weight, changed, state, reason } = result;
  output.result(result, () => {
    if (!changed) return 'Nothing was paused.';
    return state === 'paused'
      ? `${formatWeight(weight)} of users are sent to the canary: ${reason}.`
      : `Every user is on the stable: ${reason}`;
  });
  return undefined;
}
