import type { ReleaseState } from '../../rollout/events.ts';
import { exitOfWait, wait } from '../../workflows/wait.ts';
import type { Session } from '../session.ts';

export async function runWait(
  { context, output }: Session,
  { for: states, timeout }: { for: ReleaseState[]; timeout?: number | undefined },
): Promise<number> {
  const result = await wait(context, { states, timeout });
  output.result(result, () => `Release ${result.release} is ${result.state}: ${result.reason}`);
  return exitOfWait(result, states.length > 0);
}
