import type { Context } from '../context.ts';
import type { Project } from '../project/load.ts';
import { readWorker, SHOW_INFO } from '../proxy/master-process.ts';
import { followRequests, type LoggedRequest, parseRequest } from '../proxy/request-log.ts';
import type { Following } from '../system/haproxy/line-stream.ts';

const LOOK_EVERY_MS = 1000;
const KEEP_EVERY_MS = 10_000;
/** A line of `show info`; a log line begins with an address and a port. */
const INFO = /^\w+: /;

export interface Listener {
  /** When the proxy was last known to report every request. */
  heardAt(): number;
  /** Whether it ever reported. */
  hasHeard(): boolean;
  stop(): Promise<void>;
}

/**
 * Follows the log of the worker that answers. A reload brings a new worker with its own log; the old one is
 * followed until it ends, because it still serves its connections. `first`: which requests of the first worker are
 * wanted; with `all`, also those that it remembers.
 */
export function followEveryRequest(
  { clock }: Pick<Context, 'clock'>,
  { socket }: Pick<Project, 'socket'>,
  observe: (request: LoggedRequest) => void,
  every: () => Promise<void>,
  first: 'new' | 'all' = 'new',
): Listener {
  const ends = new AbortController();
  const open = new Map<string, Following>();
  let heardAt = clock.now().getTime();
  // A worker that starts while this listens is read from its first request, each only once.
  const known = new Set<string>();
  const connect = async () => {
    const worker = readWorker(await socket.ask(SHOW_INFO));
    if (!open.has(worker)) {
      const what = known.size === 0 ? first : known.has(worker) ? 'new' : 'all';
      const command = `${SHOW_INFO}; ${followRequests(what)}`;
      const following = await socket.follow(command, requestsOf(worker, observe));
      known.add(worker);
      open.set(worker, following);
      void following.ended.then(() => open.delete(worker));
    }
    heardAt = clock.now().getTime();
  };
  const loop = async () => {
    for (let kept = 0; !ends.signal.aborted; ) {
      await connect().catch(() => undefined);
      if (clock.now().getTime() - kept > KEEP_EVERY_MS) {
        await every();
        kept = clock.now().getTime();
      }
      await clock.sleep(LOOK_EVERY_MS, ends.signal).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    heardAt: () => heardAt,
    hasHeard: () => known.size > 0,
    stop: async () => {
      ends.abort();
      await looping;
      for (const following of open.values()) following.end();
    },
  };
}

/**
 * Reads the lines that one worker reports. After a reload between the question who answers and the following, they are
 * another's: the next round follows that one by its own name.
 */
function requestsOf(
  worker: string,
  observe: (request: LoggedRequest) => void,
): (line: string) => void {
  let info = '';
  return (line) => {
    if (INFO.test(line)) info += `${line}\n`;
    const request = parseRequest(line);
    if (request && readWorker(info) === worker) observe(request);
  };
}
