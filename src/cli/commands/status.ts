import { statusText } from '../../ui/status-view.ts';
import { status, watchStatus } from '../../workflows/status.ts';
import type { Session } from '../session.ts';

export async function runStatus(
  { context, output, streams }: Session,
  options: { watch: boolean },
): Promise<undefined> {
  if (!options.watch) {
    const result = await status(context);
    output.result(result, () => statusText(result, output.theme));
    return undefined;
  }
  let isRead = true;
  streams.stdout.once('error', () => {
    isRead = false;
  });
  for await (const result of watchStatus(context)) {
    if (!isRead) break;
    output.result(result, () => `${statusText(result, output.theme)}\n`);
  }
  return undefined;
}
