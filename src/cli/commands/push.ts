import { push } from '../../workflows/push.ts';
import type { Session } from '../session.ts';

export async function runPush(
  { context, output }: Session,
  remote: string | undefined,
  options: { branch?: string | undefined; force: boolean; releases: boolean },
): Promise<undefined> {
  const result = await push(context, { ...options, remote });
  const at = result.commit.slice(0, 12);
  output.result(result, () =>
    result.changed
      ? `Pushed ${result.branch} to ${result.remote}: it is at ${at} there.`
      : `${result.remote} has ${result.branch} at ${at} already.`,
  );
  return undefined;
}
