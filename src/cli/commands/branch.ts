import { branch } from '../../workflows/branch.ts';
import type { Session } from '../session.ts';

export async function runBranch(
  { context, output }: Session,
  name: string,
  options: { from?: string | undefined },
): Promise<undefined> {
  const result = await branch(context, name, options.from);
  const at = result.commit.slice(0, 12);
  output.result(result, () =>
    result.created
      ? `Made branch ${result.branch} at ${at}.`
      : `Branch ${result.branch} is there already, at ${at}; nothing was changed.`,
  );
  return undefined;
}
