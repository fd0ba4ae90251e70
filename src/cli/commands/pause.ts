import { formatWeight } from '../../proxy/weight.ts';
import { pause } from '../../workflows/pause.ts';
import type { Session } from '../session.ts';

export async function runPause({ context, output }: Session): Promise<undefined> {
  const result = await pause(context);
  const { weight, changed } = result;
  output.result(result, () =>
    changed
      ? `Every user is on the stable. \`canary resume\` gives ${formatWeight(weight)} of them back.`
      : 'Every user is on the stable already.',
  );
  return undefined;
}
