import { up } from '../../workflows/up.ts';
import type { Session } from '../session.ts';

export async function runUp({ context, output }: Session): Promise<undefined> {
  const result = await up(context);
  output.result(result, () => {
    const lines = result.entries.map(({ service, address, preview }) => {
      const own = preview ? `; the canary alone, once there is one: ${preview}` : '';
      return `  ${output.theme.bold(service)}  ${address}${own}`;
    });
    const title = result.changed ? 'The proxy is in front.' : 'The proxy was in front already.';
    return [title, ...lines, 'Next: `canary deploy --branch BRANCH --weight 5`.'].join('\n');
  });
  return undefined;
}
