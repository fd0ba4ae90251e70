import { cloneName } from '../compose/model/names.ts';
import type { Context } from '../context.ts';
import { hasCode, messageOf } from '../errors.ts';
import { glyphsFor } from '../ui/live/glyphs.ts';
import type { Effect } from '../ui/live/keys.ts';
import { Panel } from '../ui/live/panel.ts';
import { makeTheme } from '../ui/theme.ts';
import { watchStatus } from '../workflows/watch-status.ts';
import { canaryChild } from './child.ts';
import { listenToKeys } from './keyboard.ts';
import type { Globals, Session } from './session.ts';

const TICK_MS = 1000;
const LOOK_AGAIN_MS = 5000;

/** What a live view is of. */
export interface LiveOptions {
  /** The command that shows it. */
  command: 'deploy' | 'resume' | 'wait' | 'status';
}

/** How the work under a view ended; `steered`: the exit code of the last command that a key ran, if it ended well. */
export interface LiveOutcome<T> {
  result: T | undefined;
  steered: number | undefined;
}

/** Whether a live view can be shown: on a terminal that knows its size, and asked for text. */
export function canShowLive(
  { env, stderr }: Session['streams'],
  { json, quiet, verbose }: Globals,
): boolean {
  const isTerminal = stderr.isTTY === true && (stderr.columns ?? 0) > 0;
  return isTerminal && env.TERM !== 'dumb' && !env.CI && !json && !quiet && !verbose;
}

/**
 * Does `work` under a live view of the project. It ends with the work, or when the user leaves it (`leave` of what
 * `work` gets). The terminal is as before afterwards, however it ended. A command that a key has started is waited for.
 */
export async function underLiveView<T>(
  session: Session,
  { command }: LiveOptions,
  work: (context: Context, left: AbortSignal) => Promise<T>,
): Promise<LiveOutcome<T>> {
  const { context, globals, streams } = session;
  const { clock } = context;
  const { stderr, env } = streams;
  const left = new AbortController();
  const over = new AbortController();
  const children = canaryChild(session);
  const panel = new Panel(
    {
      write: (text) => stderr.write(text),
      size: () => ({ columns: stderr.columns ?? 80, rows: stderr.rows ?? 24 }),
      theme: makeTheme(globals.color && !env.NO_COLOR),
      glyphs: glyphsFor(env),
    },
    {
      now: () => clock.now().getTime(),
      hasKeys: streams.stdin.isTTY === true,
      drives: (status) => {
        const isOwn = status?.lock?.pid === process.pid;
        const works = isOwn || command === 'deploy' || command === 'resume';
        return works ? command : children.running();
      },
    },
  );
  const act = (effect: Effect | undefined) => {
    if (effect === undefined) return;
    if (effect === 'leave') left.abort();
    else if (effect === 'interrupt') {
      left.abort();
      process.kill(process.pid, 'SIGINT');
    } else {
      const args = effect === 'logs' ? logsOf(panel) : effect.run;
      void children.start(args, (text) => panel.say(text));
    }
  };
  const keyboard = listenToKeys(streams.stdin, (key) => {
    if (key === '\u0003') process.kill(process.pid, 'SIGINT');
    else act(panel.press(key));
  });
  const onResize = () => panel.repaint();
  stderr.on('resize', onResize);
  const looking = lookOn({ ...context, signal: over.signal }, panel);
  const ticking = every(clock, TICK_MS, over.signal, () => panel.repaint());
  // Questions have the terminal for themselves.
  const asking = async <A>(ask: () => Promise<A>): Promise<A> => {
    panel.hold();
    keyboard.pause();
    try {
      return await ask();
    } finally {
      keyboard.resume();
      panel.release();
    }
  };
  const { prompt } = context;
  const shown: Context = {
    ...context,
    emit: (event) => panel.event(event, command !== 'status'),
    prompt: {
      isAttended: prompt.isAttended,
      chooseOne: (question) => asking(() => prompt.chooseOne(question)),
      chooseSeveral: (question) => asking(() => prompt.chooseSeveral(question)),
      type: (question) => asking(() => prompt.type(question)),
      show: (...shown) => asking(() => prompt.show(...shown)),
      confirm: (question) => asking(() => prompt.confirm(question)),
    },
  };
  try {
    const result = await work(shown, left.signal);
    return { result, steered: undefined };
  } catch (error) {
    const steered = await children.settled();
    const wasOurs = hasCode(error, 'stopped') || hasCode(error, 'taken-over');
    if (wasOurs && steered !== undefined) return { result: undefined, steered };
    throw error;
  } finally {
    await children.settled();
    over.abort();
    await Promise.all([looking, ticking]);
    stderr.off('resize', onResize);
    keyboard.end();
    panel.end();
  }
}

/** Looks at the project until the signal aborts; a look that fails is told and tried again. */
async function lookOn(context: Context, panel: Panel): Promise<void> {
  const { clock, signal } = context;
  const quiet: Context = {
    ...context,
    emit: (event) => event.type === 'warning' && panel.event(event, false),
  };
  while (!signal.aborted) {
    try {
      for await (const look of watchStatus(quiet)) {
        if (signal.aborted) return;
        panel.look(look);
      }
    } catch (error) {
      if (signal.aborted) return;
      panel.look({ problem: messageOf(error) });
      await clock.sleep(LOOK_AGAIN_MS, signal).catch(() => undefined);
    }
  }
}

async function every(
  clock: Context['clock'],
  ms: number,
  signal: AbortSignal,
  work: () => void,
): Promise<void> {
  while (!signal.aborted) {
    work();
    await clock.sleep(ms, signal).catch(() => undefined);
  }
}

/** The last lines of the canary, or of the stable's services where there is none. */
function logsOf({ status }: Panel): readonly string[] {
  const services = status?.release
    ? status.release.services.map(({ name }) => cloneName(name))
    : (status?.stable.services.map(({ name }) => name) ?? []);
  return ['compose', '--', 'logs', '--tail', '10', '--no-color', ...services];
}
