import { shortCommit } from '../../compose/model/names.ts';
import { formatDuration } from '../../config/values/duration.ts';
import type { EvidenceStatus, Schedule, Traffic } from '../../documents/live.ts';
import type { ReleaseStatus, ServiceStatus, Status } from '../../documents/status.ts';
import { isWaiting } from '../../rollout/release.ts';
import { type Happened, happened, type Mark, markOfState } from './happened.ts';
import { type LiveState, type Ongoing, ongoing } from './state.ts';

/** One step of the bar. */
export interface StepMark {
  is: 'done' | 'here' | 'ahead';
  /** `20 %`, or `you` for a step that waits for a person. */
  what: string;
  /** How long it takes at least; empty if it waits for a person or takes no time. */
  time: string;
}

/** The containers of one service. */
export interface ServiceLeaf {
  name: string;
  image: string;
  running: number;
  containers: number;
  /** What is to be known of its health; `good` if nothing is wrong. */
  health: string;
  isGood: boolean;
  restarts: number;
}

/** One side of the tree. */
export interface SideTree {
  side: 'stable' | 'canary';
  name: string;
  services: readonly ServiceLeaf[];
}

/** Everything that is shown, as words and numbers. */
export interface LiveModel {
  project: string;
  /** The state of the proxy. */
  proxy: string;
  /** `HH:MM:SS` of the clock, in UTC. */
  clock: string;
  /** The release with its state; `undefined` without a canary. */
  head: { mark: Mark; state: string; title: string; age: string } | undefined;
  why: string;
  /** Problems, the most urgent first. */
  alarms: readonly string[];
  steps: readonly StepMark[];
  /** How much of the present step's time is over, from 0 to 1, and what is left of it and of all. */
  time: { over: number; left: string; leftOfAll: string } | undefined;
  /** The operation that runs now; empty if none does. */
  doing: string;
  /** What has to happen before it goes on, if nothing is being done. */
  waitsFor: string;
  weight: { set: number; measured: number | null } | undefined;
  tree: readonly SideTree[];
  traffic: Traffic | undefined;
  evidence: EvidenceStatus | undefined;
  /** Oldest first. */
  events: readonly (Happened & { clock: string })[];
}

const HOW_TO_START = 'Start one with `canary deploy --branch BRANCH`.';

/** What the view shows at a time, in milliseconds. */
export function liveModel(state: LiveState, now: number): LiveModel {
  const { status } = state;
  const release = status?.release ?? undefined;
  const work = ongoing(state);
  return {
    project: status?.project ?? '',
    proxy: status?.proxy.state ?? '',
    clock: clockOf(now),
    head: release && {
      mark: markOfState(release.state),
      state: release.state,
      title: titleOf(release),
      age: rounded(now - Date.parse(release.startedAt)),
    },
    why: release?.reason ?? withoutRelease(state),
    alarms: alarmsOf(state),
    steps: release?.schedule ? stepMarks(release.schedule) : [],
    time: release?.schedule ? timeOf(release, release.schedule, now) : undefined,
    doing: work ? doing(work, now) : '',
    waitsFor: work ? '' : waitsFor(state, now),
    weight: release?.weight,
    tree: status ? treeOf(status) : [],
    traffic: status?.traffic ?? undefined,
    evidence: release?.evidence ?? undefined,
    events: eventsOf(state),
  };
}

function withoutRelease({ status, problem }: LiveState): string {
  return status ? `No canary runs. ${HOW_TO_START}` : (problem ?? 'Looking at the project');
}

function titleOf({ branch, commit, subject, source, id }: ReleaseStatus): string {
  return source ? `${subject}  (${id})` : `${branch} ${shortCommit(commit)}  ${subject}`;
}

function alarmsOf({ status, problem }: LiveState): string[] {
  if (!status) return [];
  const silent = status?.proxy.silent ?? [];
  return [
    ...(silent.length > 0
      ? [`The proxy does not reach ${silent.join(', ')}: users get errors.`]
      : []),
    ...(problem === undefined ? [] : [`This is the last known state: ${problem}`]),
  ];
}

function stepMarks({ steps, current, isDone }: Schedule): StepMark[] {
  return steps.map((step, index) => {
    const number = index + 1;
    const isOver = number < current || (number === current && isDone);
    return {
      is: isOver ? 'done' : number === current ? 'here' : 'ahead',
      what: 'pause' in step ? 'you' : `${Number(step.weight.toFixed(2))} %`,
      time: 'pause' in step || step.for === 0 ? '' : formatDuration(step.for),
    };
  });
}

function timeOf(
  { state }: ReleaseStatus,
  { steps, current, begunAt, until, isDone }: Schedule,
  now: number,
): LiveModel['time'] {
  if (state !== 'advancing' || until === null || isDone) return undefined;
  const whole = Date.parse(until) - Date.parse(begunAt);
  const left = Math.max(0, Date.parse(until) - now);
  const later = steps
    .slice(current)
    .reduce((sum, step) => sum + ('pause' in step ? 0 : step.for), 0);
  return {
    over: whole <= 0 ? 1 : Math.min(1, Math.max(0, 1 - left / whole)),
    left: rounded(left),
    leftOfAll: rounded(left + later),
  };
}

function doing({ text, since, detail }: Ongoing, now: number): string {
  return `${text}, since ${rounded(now - since)}${detail === undefined ? '' : `: ${detail}`}`;
}

/** What has to happen before it goes on, in a few words. */
function waitsFor({ status, judging }: LiveState, now: number): string {
  const release = status?.release;
  if (!release) return status?.lock ? `\`canary ${status.lock.command}\`` : '';
  const { state, schedule, evidence } = release;
  if (state === 'advancing') {
    const left = schedule?.until ? Date.parse(schedule.until) - now : 0;
    if (left > 0) return 'the end of the step, then the judge';
    return `the judge: ${judging ?? evidence?.text ?? 'nothing was seen yet'}`;
  }
  if (state === 'paused') return 'you: resume, promote or abort';
  if (isWaiting(state) || state === 'inconclusive') return 'you: promote, resume or abort';
  if (state === 'failed') return 'you: abort removes what is left of the canary';
  return status?.lock ? `\`canary ${status.lock.command}\`` : '';
}

function treeOf({ stable, release }: Status): SideTree[] {
  const chosen = new Set(release?.services.map(({ name }) => name));
  const ofSlice = stable.services.filter(({ name }) => chosen.size === 0 || chosen.has(name));
  const at = stable.commit ? `${stable.branch} ${shortCommit(stable.commit)}` : '';
  return [
    { side: 'stable', name: at, services: ofSlice.map(leafOf) },
    ...(release
      ? [
          {
            side: 'canary' as const,
            name: release.branch
              ? `${release.branch} ${shortCommit(release.commit)}`
              : release.subject,
            services: release.services.map(leafOf),
          },
        ]
      : []),
  ];
}

function leafOf({ name, image, containers }: ServiceStatus): ServiceLeaf {
  const running = containers.filter(({ state }) => state === 'running');
  const odd = containers.find(
    ({ state, health }) => state !== 'running' || !['healthy', 'none'].includes(health),
  );
  const isChecked = running.some(({ health }) => health === 'healthy');
  const oddWord = odd && (odd.state === 'running' ? odd.health : odd.state);
  return {
    name,
    image,
    running: running.length,
    containers: containers.length,
    health:
      containers.length === 0 ? 'no container' : (oddWord ?? (isChecked ? 'healthy' : 'running')),
    isGood: containers.length > 0 && odd === undefined,
    restarts: containers.reduce((sum, { restarts }) => sum + restarts, 0),
  };
}

function eventsOf({ records, warnings }: LiveState): LiveModel['events'] {
  const told = records.flatMap((record) => {
    const text = happened(record);
    return text ? [{ ...text, at: Date.parse(record.at) }] : [];
  });
  return [...told, ...warnings]
    .sort((left, right) => left.at - right.at)
    .map(({ at, mark, text }) => ({ mark, text, clock: clockOf(at) }));
}

function clockOf(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

/** A time span without parts of a second. */
function rounded(ms: number): string {
  return formatDuration(Math.max(0, Math.floor(ms / 1000)) * 1000);
}
