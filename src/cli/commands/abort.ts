import { abort } from '../../workflows/abort.ts';
import type { Session } from '../session.ts';

export async function runAbort({ context, output }: Session): Promise<undefined> {
  const result = await abort(context);
  output.result(result, () =>
    result.changed
      ? 'Every user is on the stable; the canary is gone.'
      : 'No canary was running; nothing was changed.',
  );
  return undefined;
}
