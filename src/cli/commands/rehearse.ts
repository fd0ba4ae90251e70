import type { Exception } from '../../config/exception.ts';
import { EXIT } from '../../errors.ts';
import { rehearsalText } from '../../ui/rehearsal-view.ts';
import { rehearseBranch } from '../../workflows/rehearse.ts';
import type { Session } from '../session.ts';

export async function runRehearse(
  { context, output }: Session,
  { branch, allow }: { branch?: string | undefined; allow: Exception[] },
): Promise<number> {
  const result = await rehearseBranch(context, branch, allow);
  output.result(result, () => rehearsalText(result, output.theme));
  return result.result === 'pass' ? EXIT.done : EXIT.dataProtected;
}
