import { formatWeight } from '../../proxy/weight.ts';
import { resume } from '../../workflows/resume.ts';
import type { Session } from '../session.ts';

export async function runResume({ context, output }: Session): Promise<undefined> {
  const result = await resume(context);
  const { weight, changed } = result;
  output.result(result, () =>
    changed
      ? `${formatWeight(weight)} of users are sent to the canary again.`
      : 'Nothing was paused.',
  );
  return undefined;
}
