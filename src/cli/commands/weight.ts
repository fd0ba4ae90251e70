import { formatWeight } from '../../proxy/weight.ts';
import { weight } from '../../workflows/weight.ts';
import type { Session } from '../session.ts';

export async function runWeight({ context, output }: Session, percent: number): Promise<undefined> {
  const result = await weight(context, percent);
  output.result(result, () => `${formatWeight(result.weight)} of users are sent to the canary.`);
  return undefined;
}
