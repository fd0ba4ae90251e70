import { apply } from '../../workflows/apply.ts';
import type { Session } from '../session.ts';

export async function runApply(
  { context, output }: Session,
  patches: readonly string[],
  options: { branch?: string | undefined; message?: string | undefined; '3way': boolean },
): Promise<undefined> {
  const { branch, message } = options;
  const result = await apply(context, patches, { branch, message, threeWay: options['3way'] });
  const at = `${result.branch} is at ${result.commit.slice(0, 12)}`;
  output.result(result, () =>
    result.applied.length > 0
      ? `Applied ${result.applied.join(', ')}: ${at}.`
      : `Nothing was changed: ${at}.`,
  );
  return undefined;
}
