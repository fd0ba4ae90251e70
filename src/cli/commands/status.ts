import type { Context } from '../../context.ts';
import { liveModel } from '../../ui/live/model.ts';
import { NOTHING_SEEN, withLook } from '../../ui/live/state.ts';
import { WatchLines } from '../../ui/live/watch-lines.ts';
import type { StatusLook } from '../../workflows/watch-status.ts';
import type { Output } from '../output.ts';
import type { Program, Session, WithSession } from '../session.ts';

export function status(program: Program, run: WithSession): void {
  program
    .command('status')
    .description('what runs, who gets what, and how it goes')
    .option(
      '-w, --watch',
      'show it live, with keys to steer the release; off a terminal, one line for each thing that happens',
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
        const isRead = stillRead(streams);
        const print = globals.json ? documents(output) : lines(output);
        const { watchStatus } = await import('../../workflows/watch-status.ts');
        for await (const look of watchStatus(context)) {
          if (!isRead()) break;
          print(look, context.clock.now().getTime());
        }
      }),
    );
}

/** Until the user leaves the view, or interrupts. */
async function untilLeft({ clock, signal }: Context, left: AbortSignal): Promise<void> {
  const ends = AbortSignal.any([signal, left]);
  while (!ends.aborted) await clock.sleep(60_000, ends).catch(() => undefined);
}

/** Whether whoever reads the output still does. */
function stillRead({ stdout }: Session['streams']): () => boolean {
  let isRead = true;
  stdout.once('error', () => {
    isRead = false;
  });
  return () => isRead;
}

/** One document whenever it changed. */
function documents(output: Output): (look: StatusLook) => void {
  let last = '';
  return ({ status }) => {
    const text = JSON.stringify(status);
    if (text !== last) output.result(status, () => '');
    last = text;
  };
}

/** One line for each thing that happens. */
function lines(output: Output): (look: StatusLook, now: number) => void {
  const watch = new WatchLines();
  return (look, now) => {
    const model = liveModel(withLook(NOTHING_SEEN, look), now);
    for (const line of watch.at(model, now)) output.result(look.status, () => line);
  };
}
