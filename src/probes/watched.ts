import { RecordedEvidence } from '../analysis/recorded-evidence.ts';
import { judgeSettings } from '../analysis/settings.ts';
import type { Context } from '../context.ts';
import type { EvidenceStatus, Traffic } from '../documents/live.ts';
import type { Project } from '../project/load.ts';
import { weightAfter, weightStep } from '../rollout/progress.ts';
import type { Release } from '../rollout/release.ts';
import { followEveryRequest } from './follow-requests.ts';
import { RecentTraffic } from './recent-traffic.ts';

/** What is known only to somebody who watches a project for a while. */
export interface Watched {
  /** What users met in the last minutes; `undefined` while the proxy says nothing. */
  traffic(): Traffic | undefined;
  /** How far the judge of the release is; `undefined` before it has seen users. */
  evidence(release: Release): Promise<EvidenceStatus | undefined>;
  /** Ends the watching; safe to repeat. */
  stop(): Promise<void>;
}

const SILENT_MS = 10_000;

/** Follows the requests of a project, and what the command that judges its release records. Changes nothing. */
export function startWatching(context: Pick<Context, 'clock'>, project: Project): Watched {
  const now = () => context.clock.now().getTime();
  const recent = new RecentTraffic(now());
  const listener = followEveryRequest(
    context,
    project,
    (request) => recent.add(request),
    async () => undefined,
    'all',
  );
  let recorded: { id: string; evidence: RecordedEvidence } | undefined;
  return {
    traffic: () =>
      listener.hasHeard() && now() - listener.heardAt() <= SILENT_MS ? recent.at(now()) : undefined,
    async evidence({ id, progress }) {
      const { analysis } = project.config;
      if (!analysis || !progress) return undefined;
      if (recorded?.id !== id)
        recorded = { id, evidence: new RecordedEvidence(judgeSettings(analysis)) };
      const { evidence } = recorded;
      evidence.read(await project.journals.readEvidence(id));
      const least = weightStep(progress, progress.index)?.minimumRequests;
      return evidence.standing(weightAfter(progress), least ?? analysis.minimumRequests);
    },
    stop: () => listener.stop(),
  };
}
