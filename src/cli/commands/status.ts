import type { Context } from '../../context.ts';
import type { Program, WithSession } from '../session.ts';

export function status(program: Program, run: WithSession): void {
  program
    .command('status')
    .description('what runs, who gets what, and how it goes')
    .option(
      '-w, --watch',
      'show it live, with keys to steer the release; off a terminal, print it again whenever it changes',
      false,
    )
    .action(
      run(async (session, { watch }) => {
        const { context, globals, output, streams } = session;
        const { status } = await import('../../workflows/status.ts');
        const { statusText } = await import('../../ui/status-view.ts');
        const { canShowLive, underLiveView } = await import('../live-view.ts');
        const isLive = watch && streams.stdout.isTTY === true && canShowLive(streams, globals);
        if (!watch || isLive) {
          const result = await status(context);
          if (!isLive) output.result(result, () => statusText(result, output.theme));
          else await underLiveView(session, { command: 'status' }, untilLeft);
          return;
        }
        const { changingStatus } = await import('../../workflows/watch-status.ts');
        let isRead = true;
        streams.stdout.once('error', () => {
          isRead = false;
        });
        for await (const result of changingStatus(context)) {
          if (!isRead) break;
          output.result(result, () => `${statusText(result, output.theme)}\n`);
        }
      }),
    );
}

/** Until the user leaves the view, or interrupts. */
async function untilLeft({ clock, signal }: Context, left: AbortSignal): Promise<void> {
  const ends = AbortSignal.any([signal, left]);
  while (!ends.aborted) await clock.sleep(60_000, ends).catch(() => undefined);
}
