import { down } from '../../workflows/down.ts';
import type { Session } from '../session.ts';

export async function runDown({ context, output }: Session): Promise<undefined> {
  const result = await down(context);
  output.result(result, () =>
    result.changed
      ? 'Proxy and canary are gone; the services have their ports back.'
      : 'There was no proxy and no canary.',
  );
  return undefined;
}
