import { promote } from '../../workflows/promote.ts';
import type { Session } from '../session.ts';

export async function runPromote(
  { context, output }: Session,
  options: { message?: string | undefined },
): Promise<undefined> {
  const result = await promote(context, options.message);
  output.result(
    result,
    () =>
      `${output.theme.good('Promoted.')} The stable runs ${result.branch} at ${result.commit.slice(0, 12)}.`,
  );
  return undefined;
}
