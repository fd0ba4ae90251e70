import { EvidenceBook, parseEvidence, parseUsual } from '../analysis/evidence.ts';
import { explain } from '../analysis/explain.ts';
import { Judge } from '../analysis/judge.ts';
import type { Opinion } from '../analysis/opinion.ts';
import { routeGroup } from '../analysis/route-group.ts';
import { judgeSettings } from '../analysis/settings.ts';
import { Thresholds } from '../analysis/thresholds.ts';
import type { LoggedRequest } from '../proxy/request-log.ts';
import { followEveryRequest } from './follow-requests.ts';
import { identityNotice } from './identity-notice.ts';
import { lookingSource, type StartSource } from './source.ts';

/** A proxy may be restarted; after a longer silence nothing can be judged. */
const SILENT_MS = 10_000;
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
  const earlier = await journals.readEvidence(run.release.id);
  for (const moment of parseEvidence(earlier)) judge.weigh(moment);
  const usual = parseUsual(earlier);
  if (usual) judge.recallUsual(usual);
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
    if (!usual) book.learned(judge.usual);
    const lines = book.take();
    if (lines) await journals.keepEvidence(run.release.id, lines).catch(() => undefined);
  };
  const listener = followEveryRequest(run.context, run.project, observe, keep);
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
