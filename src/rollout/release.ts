import type { Backup } from '../database/backup.ts';
import type { RehearsalReport } from '../database/report.ts';
import { type Counts, lessCounts, NO_COUNTS } from '../proxy/counts.ts';
import type { AbComparison } from './ab-comparison.ts';
import type { CanaryImage, ReleaseState, StableImage } from './events.ts';
import type { JournalRecord } from './journal.ts';
import { endOfStep, foldProgress, type StepProgress, stepName } from './progress.ts';
import type { ImageSource, ReleasedImage } from './source.ts';
import type { ReleaseVerdict } from './verdict.ts';

/** One attempt to release one source on one slice: the fold of its journal. */
export interface Release {
  id: string;
  project: string;
  /** The branch; empty for images that were built elsewhere. */
  branch: string;
  /** The commit; of images, what identifies them: see `revisionOf`. */
  commit: string;
  /** The images, if they were built elsewhere. */
  source?: ImageSource | undefined;
  /** The images that the commit names and that were built elsewhere. */
  pulled?: readonly ReleasedImage[] | undefined;
  /** It came by a push. */
  isPushed?: true | undefined;
  subject: string;
  services: readonly string[];
  state: ReleaseState;
  /** The reason for its state, in one sentence. */
  reason: string;
  /** The code of the error that it failed with. */
  failure: string | undefined;
  weight: number;
  /** Every weight that was set, and when; equal ones in a row count once. */
  weights: readonly { weight: number; at: string }[];
  /** The images its canary ran last. */
  images: readonly CanaryImage[];
  /** The weight that `resume` gives back after `pause`. */
  pausedWeight: number | undefined;
  /** The steps it goes through by itself; none while the operator sets the weight by hand. */
  progress: StepProgress | undefined;
  /** The last verdict of its analysis. */
  verdict: ReleaseVerdict | undefined;
  /** What its first boot did to a copy of the shared databases, in the last rehearsal. */
  rehearsal: { report: RehearsalReport; isRefused: boolean } | undefined;
  /** The state of its migration; a `failed` one may have changed part of the data. */
  migration: 'begun' | 'done' | 'failed' | undefined;
  /** Backups of tables from before it started, the latest of each database. */
  backups: readonly Backup[];
  /**
   * Whether its canary was, or may have been, started on the real databases: then its changes to
   * them are done.
   */
  hasBooted: boolean;
  /** The result of its A/B test. */
  comparison: AbComparison | undefined;
  /** Whether its canary once became ready for users. */
  wasReady: boolean;
  /** Whether a later release replaced it, and it was not rolled back. */
  wasReplaced: boolean;
  startedAt: string;
  updatedAt: string;
  /** When it ended, if it did. */
  endedAt: string | undefined;
  /** What the proxy had counted when the release began, and when its weight was last set. */
  countsAtStart: Counts;
  countsAtWeight: Counts;
  /**
   * Set while the stable is being replaced, until the replacement has succeeded or was rolled back.
   */
  replacing: { from: string; commit: string; previous: readonly StableImage[] } | undefined;
  /** The commit that the stable runs after the promotion. */
  promotedCommit: string | undefined;
  /** The stable's commit and images before the promotion. */
  before:
    | {
        commit: string;
        images: readonly StableImage[];
        /** The values that the variables of its images had. */
        variables?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
}

/** The part of a release that never changes, so that an old copy of it is still valid. */
export type ReleaseIdentity = Pick<
  Release,
  'id' | 'branch' | 'commit' | 'source' | 'pulled' | 'isPushed' | 'services'
>;

/** States in which a command is working on the release. */
export const IN_PROGRESS: readonly ReleaseState[] = [
  'building',
  'rehearsing',
  'starting',
  'checking',
  'advancing',
  'promoting',
  'reverting',
];

/** The release described by a journal; `undefined` if the journal does not begin one. */
export function foldRelease(records: readonly JournalRecord[]): Release | undefined {
  return records.reduce<Release | undefined>(apply, undefined);
}

/** The initial values of a release that was just created. */
const UNKNOWN = {
  state: 'building',
  reason: 'created',
  failure: undefined,
  weight: 0,
  weights: [],
  images: [],
  pausedWeight: undefined,
  progress: undefined,
  verdict: undefined,
  rehearsal: undefined,
  migration: undefined,
  backups: [],
  hasBooted: false,
  comparison: undefined,
  wasReady: false,
  wasReplaced: false,
  endedAt: undefined,
  replacing: undefined,
  promotedCommit: undefined,
  before: undefined,
} as const;

function apply(release: Release | undefined, record: JournalRecord): Release | undefined {
  if (record.type === 'release-created') {
    const { type: _, v: _version, at, counts, ...facts } = record;
    const counted = { ...NO_COUNTS, ...counts };
    const begun = { startedAt: at, updatedAt: at, countsAtStart: counted, countsAtWeight: counted };
    // What only later records say, a first one cannot.
    return { ...facts, ...UNKNOWN, ...begun };
  }
  if (!release) return undefined;
  const progress = foldProgress(release.progress, record);
  return { ...release, updatedAt: record.at, progress, ...changesBy(record, release) };
}

function changesBy(record: JournalRecord, release: Release): Partial<Release> {
  switch (record.type) {
    case 'state-changed': {
      const { state, reason, code, at } = record;
      const wasReady = release.wasReady || isWaiting(state);
      return { state, reason, failure: code, wasReady, endedAt: isEnd(state) ? at : undefined };
    }
    case 'release-replaced': {
      const reason = `replaced by ${record.by}`;
      return { state: 'removed', reason, wasReplaced: true, endedAt: record.at };
    }
    case 'operation-started':
      return record.operation.kind === 'start-canary' ? { hasBooted: true } : {};
    case 'canary-started':
      return { images: record.images, hasBooted: true };
    case 'weight-set':
      return {
        ...withWeight(release, record.weight, record.at),
        pausedWeight: undefined,
        countsAtWeight: { ...NO_COUNTS, ...record.counts },
      };
    case 'steps-begun':
      return { comparison: undefined, verdict: undefined };
    case 'verdict-given':
      return { verdict: record.verdict };
    case 'rehearsed':
      return { rehearsal: { report: record.report, isRefused: record.isRefused } };
    case 'migration-begun':
      return { migration: 'begun', hasBooted: true };
    case 'migration-ended':
      return { migration: record.exitCode === 0 ? 'done' : 'failed' };
    case 'backed-up':
      return { backups: withBackup(release.backups, record) };
    case 'comparison-made':
      return { comparison: record.comparison };
    case 'release-paused':
      // A disk that failed may have kept only this of what was written.
      return { ...withWeight(release, 0, record.at), pausedWeight: record.weight };
    case 'proxy-reloaded':
      // May fall below 0, so that earlier counts stay included in every later difference.
      return {
        countsAtStart: lessCounts(release.countsAtStart, record.counts),
        countsAtWeight: lessCounts(release.countsAtWeight, record.counts),
      };
    case 'stable-replacing': {
      const { from, commit, previous, variables } = record;
      return {
        replacing: { from, commit, previous },
        before: { commit: from, images: previous, variables },
      };
    }
    case 'stable-replaced':
      // Its last word follows; a command that is killed before that has nothing left to do.
      return {
        ...{ replacing: undefined, promotedCommit: record.commit, state: 'promoted' },
        ...{ reason: 'the stable runs it', endedAt: record.at },
      };
    case 'stable-restored':
      return { replacing: undefined };
    default:
      return {};
  }
}

function withWeight(
  { weights }: Release,
  weight: number,
  at: string,
): Pick<Release, 'weight' | 'weights'> {
  const isSame = weights.at(-1)?.weight === weight;
  return { weight, weights: isSame ? weights : [...weights, { weight, at }] };
}

function withBackup(
  earlier: readonly Backup[],
  { service, file, tables, bytes, restore }: Backup,
): Backup[] {
  const others = earlier.filter((each) => each.service !== service);
  return [...others, { service, file, tables, bytes, restore }];
}

/** Whether the canary is ready and waits for the operator, with or without its share of users. */
export function isWaiting(state: ReleaseState): boolean {
  return state === 'holding' || state === 'paused';
}

/** Whether the release has ended and left nothing behind. */
export function hasEnded(release: Pick<Release, 'state'>): boolean {
  return isEnd(release.state);
}

function isEnd(state: ReleaseState): boolean {
  return state === 'promoted' || state === 'reverted' || state === 'removed';
}

/**
 * The state of a release whose process may be gone: a state in progress without a running process
 * is reported as failed, with what to do. During its steps, users stay where they are.
 */
export function settledState(
  release: Release,
  isDriven: boolean,
  now: Date,
): Pick<Release, 'state' | 'reason'> {
  if (isDriven || !IN_PROGRESS.includes(release.state)) {
    return { state: release.state, reason: release.reason };
  }
  if (release.state === 'advancing' && release.progress)
    return { state: 'holding', reason: leftReason(release.progress, now) };
  return {
    state: 'failed',
    reason: `interrupted while ${release.state}; run the command again, or take the release back`,
  };
}

function leftReason(progress: StepProgress, now: Date): string {
  const until = endOfStep(progress);
  if (progress.strategy === 'ab' && until && until <= now)
    return `the time of the A/B test is over since ${until.toISOString()}; \`canary resume\` ends it with the comparison`;
  return `interrupted in ${stepName(progress)}; its weight stays, \`canary resume\` goes on`;
}

/**
 * A release id: the time, and the beginning of the commit. Ids sort in the order in which releases began: if the clock
 * was set back since the release before it, the id continues from that one's second.
 */
export function releaseId(now: Date, commit: string, before?: string): string {
  const stamps = [stampOf(now), ...(before === undefined ? [] : [secondAfter(before)])];
  return `${stamps.sort().at(-1)}-${commit.slice(0, 7)}`;
}

function stampOf(time: Date): string {
  return time
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .replace('T', '-');
}

/** The stamp of the second after that of an id. */
function secondAfter(id: string): string {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(id) ?? [];
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return stampOf(new Date(Date.UTC(year, month - 1, day, hour, minute, second + 1)));
}
