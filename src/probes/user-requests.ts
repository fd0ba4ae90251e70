import { EvidenceBook, parseEvidence } from '../analysis/evidence.ts';
import { explain } from '../analysis/explain.ts';
import { Judge } from '../analysis/judge.ts';
import type { Opinion } from '../analysis/opinion.ts';
import { routeGroup } from '../analysis/route-group.ts';
import { judgeSettings } from '../analysis/settings.ts';
import { Thresholds } from '../analysis/thresholds.ts';
import type { ReleaseRun } from '../project/run.ts';
import { readWorker, SHOW_INFO } from '../proxy/master-process.ts';
import { FOLLOW_REQUESTS, type LoggedRequest, parseRequest } from '../proxy/request-log.ts';
import type { Following } from '../system/haproxy/line-stream.ts';
import { identityNotice } from './identity-notice.ts';
import { lookingSource, type StartSource } from './source.ts';

const LOOK_EVERY_MS = 1000;
/** A proxy may be restarted; after a longer silence nothing can be judged. */
const SILENT_MS = 10_000;
const KEEP_EVERY_MS = 10_000;
const SOURCE = 'requests';

/** Judges the canary by its users' requests, compared with the stable's, as the proxy reports them. */
export const startRequests: StartSource = async (run, settings) => {
  const asked = judgeSettings(settings);
  const hasSignals = asked.signals.length > 0;
  // Without signals and thresholds nothing needs to listen.
  if (!hasSignals && !settings.thresholds) return lookingSource(run, []);
  const { clock } = run.context;
  const now = () => clock.now().getTime();
  const { journals } = run.project;
  const book = new EvidenceBook();
  const judge = new Judge(asked, now(), (moment) => book.add(moment));
  const limits =
    settings.thresholds && new Thresholds(settings.thresholds, settings.minimumRequests);
  // What an earlier process saw counts: the chance of a false alarm applies to the whole release.
  for (const moment of parseEvidence(await journals.readEvidence(run.release.id)))
    judge.weigh(moment);
  const notice = identityNotice(run);
  const observe = (request: LoggedRequest) => {
    notice(request);
    // A request whose side was chosen by a rule is not a fair sample.
    if (request.byRule) return;
    const { service, method, path } = request;
    const seen = { ...request, at: now(), group: `${service} ${routeGroup(method, path)}` };
    // The warm stable defines what is slow, even before the canary has users.
    if (settings.baseline && isWarm(request)) return judge.learn(seen);
    judge.observe(seen);
    // The proxy refuses a response on both sides alike: compared with the stable it is no evidence,
    // but a fixed limit would blame the canary.
    if (!request.byProxy) limits?.observe(seen);
  };
  // If this fails, only a later process lacks the evidence; this one still has it.
  const keep = async () => {
    const lines = book.take();
    if (lines) await journals.keepEvidence(run.release.id, lines).catch(() => undefined);
  };
  const listener = listen(run, observe, keep);
  return {
    opinions: (nextWeight, minimumRequests) => {
      if (now() - listener.heardAt() > SILENT_MS) return [SILENT];
      const verdict = judge.verdict(nextWeight, now(), minimumRequests);
      const judged = { source: SOURCE, result: verdict.result, text: explain(verdict) };
      return [...(hasSignals ? [judged] : []), ...(limits?.opinions(now()) ?? [])];
    },
    stop: async () => {
      await listener.stop();
      await keep();
    },
  };
};

const SILENT: Opinion = {
  source: SOURCE,
  result: 'error',
  text: 'The proxy reports no requests, so the canary cannot be judged.',
};

/** A request to the running stable, when the canary is compared with a fresh one. */
function isWarm({ side, onBaseline }: LoggedRequest): boolean {
  return side === 'stable' && !onBaseline;
}

interface Listener {
  /** When the proxy was last known to report every request. */
  heardAt(): number;
  stop(): Promise<void>;
}

/**
 * Follows the log of the worker that answers. A reload brings a new worker with its own log; the old one is
 * followed until it ends, because it still serves its connections.
 */
function listen(
  { context, project }: ReleaseRun,
  observe: (request: LoggedRequest) => void,
  every: () => Promise<void>,
): Listener {
  const { clock } = context;
  const ends = new AbortController();
  const open = new Map<string, Following>();
  let heardAt = clock.now().getTime();
  const onLine = (line: string) => {
    const request = parseRequest(line);
    if (request) observe(request);
  };
  const connect = async () => {
    const worker = readWorker(await project.socket.ask(SHOW_INFO));
    if (!open.has(worker)) {
      const following = await project.socket.follow(FOLLOW_REQUESTS, onLine);
      // A reload between the two questions: the next round asks the worker that answers now.
      if (readWorker(await project.socket.ask(SHOW_INFO)) !== worker) return following.end();
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
    stop: async () => {
      ends.abort();
      await looping;
      for (const following of open.values()) following.end();
    },
  };
}
