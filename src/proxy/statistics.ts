import { guardedName, SERVER } from './route.ts';

/** What HAProxy counted and sees of one server. */
interface ServerStatistics {
  /** `UP`, `DOWN`, `MAINT (resolution)` and the like, as HAProxy says it. */
  status: string;
  /** Has no state of its own: as up or down as another server is. */
  follows: boolean;
  /** Passed its last check. */
  checked: boolean;
  /** Where Docker's DNS says it is, without the port. */
  address: string;
  /** Requests sent to it since HAProxy started. */
  requests: number;
  /** Answers with a 5xx status, broken answers and failed connections. */
  failures: number;
  /** Requests being answered now. */
  open: number;
}

interface Servers {
  stable: ServerStatistics;
  canary: ServerStatistics;
}

export interface SideStatistics extends Servers {
  /** Of an entry: the users of the canary. Its stable is what answered in the canary's place. */
  guarded: Servers | undefined;
}

/** Every service by name, from the CSV answer to `show stat` (HAProxy management guide, 9.1). */
export function parseStatistics(csv: string): Record<string, SideStatistics> {
  const backends = parseBackends(csv);
  return Object.fromEntries(
    Object.keys(backends).flatMap((name) => {
      const servers = both(backends[name]);
      const isGuarded = name.includes(':');
      if (!servers || isGuarded) return [];
      return [[name, { ...servers, guarded: both(backends[guardedName(name)]) }]];
    }),
  );
}

function both({ stable, canary }: Partial<Servers> = {}): Servers | undefined {
  return stable && canary ? { stable, canary } : undefined;
}

function parseBackends(csv: string): Record<string, Partial<Servers>> {
  const [head = '', ...rows] = csv.trim().split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const backends: Record<string, Partial<Servers>> = {};
  for (const row of rows) {
    const cells = cellsOf(row);
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    const side = cell('svname');
    if (side !== SERVER.stable && side !== SERVER.canary) continue;
    const count = (name: string) => Number(cell(name)) || 0;
    backends[cell('pxname')] = {
      ...backends[cell('pxname')],
      [side]: {
        status: cell('status'),
        follows: cell('tracked') !== '',
        checked: /^L[467]OK/.test(cell('check_status')),
        address: cell('addr').replace(/:\d+$/, ''),
        requests: count('stot'),
        failures: count('hrsp_5xx') + count('eresp') + count('econ'),
        open: count('scur'),
      },
    };
  }
  return backends;
}

/** HAProxy quotes a cell that holds a comma, such as the words of a failed check. */
function cellsOf(row: string): string[] {
  return [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell);
}

export const showStatistics = 'show stat';

/** Requests and failures that users met, a side, added over the entries. */
export interface Counts {
  stable: number;
  canary: number;
  stableFailures: number;
  canaryFailures: number;
  /** Failures of the canary that no user met, because the stable answered. */
  shielded: number;
}

export const NO_COUNTS: Counts = {
  ...{ stable: 0, canary: 0, stableFailures: 0, canaryFailures: 0, shielded: 0 },
};

/** The counts of the given services together. */
export function totalCounts(
  services: Readonly<Record<string, SideStatistics>>,
  names: readonly string[],
): Counts {
  return names.reduce((sum, name) => {
    const found = services[name];
    if (!found?.guarded) return sum;
    const { canary, stable: instead } = found.guarded;
    return plusCounts(sum, {
      stable: found.stable.requests,
      canary: found.canary.requests + canary.requests,
      stableFailures: found.stable.failures,
      // Both sides failed: the user met one failure, of a request that was the canary's.
      canaryFailures: found.canary.failures + canary.failures + instead.failures,
      shielded: instead.requests - instead.failures,
    });
  }, NO_COUNTS);
}

/** Requests of users that a side is answering now. */
export function openRequests({ guarded, ...servers }: SideStatistics, side: keyof Servers): number {
  return servers[side].open + (guarded?.[side].open ?? 0);
}

/** The command that gives a canary which the breaker took out its users back. */
export function armBreaker(service: string): string {
  return `set server ${guardedName(service)}/${SERVER.canary} health up`;
}

/**
 * Whether the breaker took the canary out. One whose address is unknown yet is in maintenance instead, and one
 * without a breaker follows its check.
 */
export function isTripped({ guarded }: SideStatistics): boolean {
  if (!guarded) return false;
  const { status, follows } = guarded.canary;
  return status.startsWith('DOWN') && !follows;
}

/** What was counted since an earlier look; everything, when HAProxy restarted and counts from 0 again. */
export function countsSince(now: Counts, earlier: Counts): Counts {
  const keys = Object.keys(now) as (keyof Counts)[];
  const restarted = keys.some((key) => now[key] < earlier[key]);
  return restarted ? now : lessCounts(now, earlier);
}

/** The difference of two counts, which may be below 0. */
export function lessCounts(left: Counts, right: Counts): Counts {
  return combine(left, right, (one, other) => one - other);
}

function plusCounts(left: Counts, right: Counts): Counts {
  return combine(left, right, (one, other) => one + other);
}

function combine(left: Counts, right: Counts, by: (one: number, other: number) => number): Counts {
  const keys = Object.keys(NO_COUNTS) as (keyof Counts)[];
  return Object.fromEntries(
    keys.map((key) => [key, by(left[key], right[key])]),
  ) as unknown as Counts;
}

/** The canary's share of requests in percent; `null` when there were none. */
export function measuredWeight(counts: Counts): number | null {
  const all = counts.stable + counts.canary;
  return all === 0 ? null : Math.round((counts.canary / all) * 10_000) / 100;
}
