import { CanaryError, messageOf } from '../../errors.ts';
import { required } from '../arguments.ts';
import type { Program, WithSession } from '../session.ts';

/** The hook's side of a push: standard input and output talk to git, standard error to the pusher. */
export function receive(program: Program, run: WithSession): void {
  program
    .command('receive', { hidden: true })
    .description('used by the hook of a deploy repository: deploys what is pushed to it')
    .option('--repository <dir>', 'the repository that is pushed to')
    .action(
      run(async ({ context, output, globals, streams }, { repository: given }) => {
        const repository = required(given, '--repository <dir>');
        const { receive } = await import('../../workflows/push-to-deploy/receive.ts');
        const { readPackets } = await import('../../git/pkt-line.ts');
        const { formatResults, readPush } = await import('../../git/proc-receive.ts');
        const { errorText } = await import('../../ui/error-view.ts');
        const { stdin, stdout, stderr } = streams;
        const write = (text: string) => void stdout.write(text);
        const push = await readPush(readPackets(stdin), write).catch((cause: unknown) => {
          throw new CanaryError('push-invalid', `This is not git pushing: ${messageOf(cause)}`, {
            hint: 'Only the hook of a deploy repository runs `canary receive`; `canary remote add` makes one.',
            cause,
          });
        });
        const show = (error: unknown) =>
          void stderr.write(
            `${output.theme.printable(errorText(error, output.theme, globals.verbose))}\n`,
          );
        const results = await receive(context, repository, push, show).catch((error: unknown) => {
          show(error);
          const reason = messageOf(error);
          return push.updates.map(({ ref }) => ({ ref, result: 'refused', reason }) as const);
        });
        write(formatResults(results, (reason) => output.theme.printable(reason)));
      }),
    );
}
