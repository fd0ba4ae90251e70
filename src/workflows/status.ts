import type { Context } from '../context.ts';
import { rehearsalRecord } from '../database/record.ts';
import type { Schedule } from '../documents/live.ts';
import type { ReleaseStatus, ServiceStatus, Status } from '../documents/status.ts';
import { observe } from '../execution/observe.ts';
import { tellStrays } from '../execution/plain-compose.ts';
import { warnOfProxy } from '../execution/proxy-start.ts';
import { silentEntries } from '../execution/silent.ts';
import { entryCounts } from '../execution/split.ts';
import type { Watched } from '../probes/watched.ts';
import { lastingOf } from '../project/images/lasting.ts';
import type { Project } from '../project/load.ts';
import { loadToEnd } from '../project/load-to-end.ts';
import { countsSince, measuredWeight } from '../proxy/counts.ts';
import { canaryRuns, unrecorded } from '../release/guards.ts';
import { allReleases, stableCommit, visibleRelease } from '../release/records/releases.ts';
import {
  clonesOf,
  containersOf,
  type Observed,
  type ObservedContainer,
} from '../rollout/observed.ts';
import { endOfStep } from '../rollout/progress.ts';
import { isWaiting, type Release, settledState } from '../rollout/release.ts';
import { entryAddresses } from './up.ts';

/** The current state: the release's journal checked against engine and proxy. Takes no lock and changes nothing. */
export async function status(context: Context): Promise<Status> {
  const project = await loadToEnd(
    context,
    'Below is what runs. `canary abort` works nevertheless.',
  );
  return statusOf(context, project);
}

/** The same of a project that is known. `watched`: what only somebody who watches for a while can say. */
export async function statusOf(
  context: Context,
  project: Project,
  watched?: Watched,
): Promise<Status> {
  // Before the look: what a command is replacing now is no stray of somebody else's.
  const holder = await project.lock.holder();
  const observed = await observe({ context, project });
  await warnOfProxy({ context, project }, observed);
  if (!holder) tellStrays(context, observed);
  await warnIfNotLasting(context, project);
  const release = await visibleRelease(context, project);
  if (!release && !holder && clonesOf(observed).length > 0) tellUnrecorded(context);
  const stableServices = Object.keys(project.model.services);
  return {
    version: 1,
    project: project.name,
    stable: {
      branch: project.config.git.stable,
      commit: (await stableCommit(context, project)) ?? null,
      services: stableServices.map((name) =>
        describe(name, containersOf(observed, 'stable', name)),
      ),
    },
    proxy: {
      state: observed.proxy.state,
      entries: entryAddresses(project),
      silent: silentEntries(project, observed),
    },
    release:
      release && !isHistory(release, observed)
        ? await releaseStatus(
            { context, project, observed, watched },
            release,
            holder !== undefined,
          )
        : null,
    traffic: watched?.traffic() ?? null,
    lock: holder
      ? {
          command: holder.command,
          owner: holder.owner,
          pid: holder.pid,
          host: holder.host,
          start: holder.start,
        }
      : null,
  };
}

interface Look {
  context: Context;
  project: Project;
  observed: Observed;
  watched: Watched | undefined;
}

async function releaseStatus(
  { context, project, observed, watched }: Look,
  release: Release,
  isDriven: boolean,
): Promise<ReleaseStatus> {
  const counts = await entryCounts(project);
  return {
    id: release.id,
    branch: release.branch,
    commit: release.commit,
    source: release.source ?? null,
    subject: release.subject,
    ...presentState(project, release, isDriven, observed, context.clock.now()),
    ...progress(release),
    startedAt: release.startedAt,
    schedule: scheduleOf(release),
    evidence: (await watched?.evidence(release)) ?? null,
    weight: {
      // A proxy that is gone sends nobody anywhere.
      set: observed.proxy.state === 'absent' ? 0 : observed.proxy.weight,
      measured: measuredWeight(countsSince(counts, release.countsAtWeight)),
    },
    ...sides(countsSince(counts, release.countsAtStart)),
    verdict: release.verdict ?? null,
    rehearsal: rehearsalRecord(release.rehearsal),
    services: release.services.map((name) =>
      describe(name, containersOf(observed, 'canary', name)),
    ),
  };
}

/** Files that name other images than the promoted ones: plain Compose would bring those back. */
async function warnIfNotLasting(context: Context, project: Project): Promise<void> {
  const newest = (await allReleases(project)).findLast(({ promotedCommit }) => promotedCommit);
  if (!newest?.source || newest.state !== 'promoted') return;
  const { write, left } = await lastingOf(context, project, newest.source);
  const lines = (write?.lines ?? []).map((line) => `${line} is not in ${write?.file}.`);
  for (const text of [...lines, ...left]) {
    const what = `The stable runs release ${newest.id}, and the files say otherwise: ${text}`;
    context.emit({ type: 'warning', text: what });
  }
}

function tellUnrecorded({ emit }: Context): void {
  const { message, hint } = unrecorded();
  emit({ type: 'warning', text: `${message} ${hint}` });
}

/** One step, the weight a user asked for, unless the release has its own steps. */
function progress({ progress, state }: Release): { step: number; steps: number } {
  if (progress) return { step: progress.index + 1, steps: progress.steps.length };
  return { step: isWaiting(state) ? 1 : 0, steps: 1 };
}

function scheduleOf({ progress }: Release): Schedule | null {
  if (!progress) return null;
  return {
    steps: progress.steps,
    current: progress.index + 1,
    isDone: progress.isStepDone,
    begunAt: progress.begunAt,
    until: endOfStep(progress)?.toISOString() ?? null,
  };
}

/** Of a canary that is gone nothing is left to steer; `history` tells of it, and why. */
function isHistory({ replacing, state }: Release, { containers, proxy }: Observed): boolean {
  const isGone = clonesOf({ containers }).length === 0 && proxy.weight === 0;
  return isGone && !replacing && (state === 'failed' || isWaiting(state));
}

/** The journal's state, unless what runs contradicts it. */
function presentState(
  project: Project,
  release: Release,
  isDriven: boolean,
  observed: Observed,
  now: Date,
): Pick<Release, 'state' | 'reason'> {
  const settled = settledState(release, isDriven, now);
  if (!isWaiting(settled.state)) return settled;
  if (!canaryRuns(release, observed)) return { state: 'failed', reason: 'its canary does not run' };
  if (observed.proxy.state === 'absent') {
    const reason = 'the proxy is gone, and with it the users; `canary up`, then `canary resume`';
    return { state: 'paused', reason };
  }
  const [out] = observed.proxy.tripped;
  if (out !== undefined) return { state: 'paused', reason: trippedReason(project, out) };
  if (observed.proxy.hasExpired) {
    const reason = 'its age limit sent its users to the stable; `canary resume` gives them back';
    return { state: 'paused', reason };
  }
  const isAsSet = observed.proxy.weight === release.weight;
  return isAsSet
    ? settled
    : {
        state: 'holding',
        reason: `the weight is ${observed.proxy.weight} %, not ${release.weight} % as it was set`,
      };
}

function trippedReason({ config }: Project, service: string): string {
  const breaker = config.services[service]?.breaker ?? config.breaker;
  const after = breaker ? ` after ${breaker.failures} failures in a row` : '';
  return `the breaker took the canary out${after}; \`canary resume\` gives it its users back`;
}

function sides(counts: ReturnType<typeof countsSince>) {
  return {
    requests: { stable: counts.stable, canary: counts.canary },
    failures: {
      stable: counts.stableFailures,
      canary: counts.canaryFailures,
      shielded: counts.shielded,
    },
    assets: counts.assets,
  };
}

function describe(name: string, containers: readonly ObservedContainer[]): ServiceStatus {
  return {
    name,
    image: containers[0]?.image ?? '',
    containers: containers.map(({ id, state, health, restartCount }) => ({
      id: id.slice(0, 12),
      state,
      health,
      restarts: restartCount,
    })),
  };
}
