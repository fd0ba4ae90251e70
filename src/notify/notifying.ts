import type { NotifyTarget } from '../config/sections/notify.ts';
import type { Context } from '../context.ts';
import { entryCounts } from '../execution/split.ts';
import type { Project } from '../project/load.ts';
import { countsSince } from '../proxy/counts.ts';
import type { CanaryEvent } from '../rollout/events.ts';
import { foldRelease, type Release } from '../rollout/release.ts';
import { deadline } from '../system/clock.ts';
import { type Delivery, deliver } from './deliver.ts';
import { type Message, messageAbout, messageOfLock, type SidesNow, toldOf } from './message.ts';

/** How long a command waits at its end for what is still being sent. */
export const PATIENCE_MS = 10_000;

/** What tells the targets of canary.yaml while a command runs. */
export interface Notifying {
  /** Waits a little for what is still being sent, then gives up and says in one warning who was not told. */
  end(): Promise<void>;
}

interface Failure {
  target: string;
  event: Message['event'];
  delivery: Delivery;
}

/**
 * Hears the events of a command and tells the targets, beside its work: nothing here waits for them, or throws. Each
 * target gets its messages one after the other.
 */
export function beginNotifying(context: Context, project: Project): Notifying {
  const { notify } = project.config;
  if (notify.length === 0) return { end: async () => undefined };
  const giveUp = new AbortController();
  const queues = new Map<string, Promise<void>>();
  const failures: Failure[] = [];
  let made: Promise<unknown> = Promise.resolve();
  const send = (target: NotifyTarget, message: Message) => {
    const before = queues.get(target.name) ?? Promise.resolve();
    const sent = before.then(async () => {
      const delivery = await deliver(context, project.directory, target, message, giveUp.signal);
      const { ok, attempts, words: answer } = delivery;
      const { event } = message;
      context.emit({ type: 'notified', target: target.name, event, ok, attempts, answer });
      if (!ok) failures.push({ target: target.name, event, delivery });
    });
    queues.set(target.name, sent);
  };
  const stopHearing = context.listen((event) => {
    const later = messageFor(project, event, () => made);
    if (!later) return;
    made = later
      .then((message) => {
        for (const target of notify)
          if (message && target.on.includes(message.event)) send(target, message);
      })
      // A journal that cannot be read, or a proxy that is gone: the command says so itself.
      .catch(() => undefined);
  });
  return {
    async end() {
      stopHearing();
      const patience = deadline(context.clock, PATIENCE_MS);
      patience.signal.addEventListener('abort', () => giveUp.abort(new Error('no time is left')));
      await made;
      await Promise.all(queues.values());
      patience.end();
      if (failures.length > 0) context.emit({ type: 'warning', text: warningOf(failures) });
    },
  };
}

/** The message about an event; `undefined` at once if nobody is told of such events. */
function messageFor(
  project: Project,
  event: CanaryEvent,
  before: () => Promise<unknown>,
): Promise<Message | undefined> | undefined {
  if (event.type === 'lock-broken') return before().then(() => messageOfLock(project.name, event));
  const told = toldOf(event);
  if (!told) return undefined;
  // Begun now, so that the numbers are those of this moment.
  const known = Promise.all([newest(project), entryCounts(project).catch(() => undefined)]);
  return Promise.all([known, before()]).then(([[release, counts]]) => {
    if (!release) return undefined;
    const since = counts && countsSince(counts, release.countsAtStart);
    const sides: SidesNow | undefined = since && {
      requests: { stable: since.stable, canary: since.canary },
      failures: { stable: since.stableFailures, canary: since.canaryFailures },
    };
    return messageAbout(told, release, sides);
  });
}

/** The release whose journal has the event: the one begun last. */
async function newest({ journals }: Project): Promise<Release | undefined> {
  const id = (await journals.list()).at(-1);
  if (id === undefined) return undefined;
  return foldRelease((await journals.readUndamaged(id)).records);
}

function warningOf(failures: readonly Failure[]): string {
  const each = failures.map(
    ({ target, event, delivery: { words } }) => `${target} of ${event} (${words})`,
  );
  const shown = each.slice(0, 3).join(', ');
  const more = each.length > 3 ? ` and ${each.length - 3} more` : '';
  return `Could not notify ${shown}${more}. The release is not affected; try \`canary notify test\`.`;
}
