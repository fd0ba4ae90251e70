import { CanaryError, messageOf } from '../../errors.ts';
import { readPackets } from '../../git/pkt-line.ts';
import { formatResults, readPush } from '../../git/proc-receive.ts';
import { errorText } from '../../ui/error-view.ts';
import { receive } from '../../workflows/push-to-deploy/receive.ts';
import type { Session } from '../session.ts';

/** The hook's side of a push: standard input and output talk to git, standard error to the pusher. */
export async function runReceive(
  { context, output, globals, streams }: Session,
  { repository }: { repository: string },
): Promise<undefined> {
  const { stdin, stdout, stderr } = streams;
  const write = (text: string) => void stdout.write(text);
  const push = await readPush(readPackets(stdin), write).catch((cause: unknown) => {
    throw new CanaryError('push-invalid', `This is not git pushing: ${messageOf(cause)}`, {
      hint: 'Only the hook of a deploy repository runs `canary receive`; `canary remote add` makes one.',
      cause,
    });
  });
  const show = (error: unknown) =>
    void stderr.write(`${errorText(error, output.theme, globals.verbose)}\n`);
  const results = await receive(context, repository, push, show).catch((error: unknown) => {
    show(error);
    const reason = messageOf(error);
    return push.updates.map(({ ref }) => ({ ref, result: 'refused', reason }) as const);
  });
  write(formatResults(results));
  return undefined;
}
