import { SERVER } from './configuration.ts';

/** What HAProxy counted and sees of one server. */
interface ServerStatistics {
  /** `UP`, `DOWN`, `MAINT (resolution)` and the like, as HAProxy says it. */
  status: string;
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

export interface SideStatistics {
  stable: ServerStatistics;
  canary: ServerStatistics;
}

/** Every backend by service name, from the CSV answer to `show stat` (HAProxy management guide, 9.1). */
export function parseStatistics(csv: string): Record<string, SideStatistics> {
  const [head = '', ...rows] = csv.trim().split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const services: Record<string, Partial<SideStatistics>> = {};
  for (const row of rows) {
    const cells = cellsOf(row);
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    const side = cell('svname');
    if (side !== SERVER.stable && side !== SERVER.canary) continue;
    const count = (name: string) => Number(cell(name)) || 0;
    services[cell('pxname')] = {
      ...services[cell('pxname')],
      [side]: {
        status: cell('status'),
        checked: /^L[467]OK/.test(cell('check_status')),
        address: cell('addr').replace(/:\d+$/, ''),
        requests: count('stot'),
        failures: count('hrsp_5xx') + count('eresp') + count('econ'),
        open: count('scur'),
      },
    };
  }
  return Object.fromEntries(
    Object.entries(services).flatMap(([service, { stable, canary }]) =>
      stable && canary ? [[service, { stable, canary }]] : [],
    ),
  );
}

/** HAProxy quotes a cell that holds a comma, such as the words of a failed check. */
function cellsOf(row: string): string[] {
  return [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell);
}

export const showStatistics = 'show stat';

/** Requests and failures a side, added over the entries. */
export interface Counts {
  stable: number;
  canary: number;
  stableFailures: number;
  canaryFailures: number;
}

export const NO_COUNTS: Counts = { stable: 0, canary: 0, stableFailures: 0, canaryFailures: 0 };

/** The counts of the given backends together. */
export function totalCounts(
  services: Readonly<Record<string, SideStatistics>>,
  names: readonly string[],
): Counts {
  return names.reduce((sum, name) => {
    const sides = services[name];
    if (!sides) return sum;
    return {
      stable: sum.stable + sides.stable.requests,
      canary: sum.canary + sides.canary.requests,
      stableFailures: sum.stableFailures + sides.stable.failures,
      canaryFailures: sum.canaryFailures + sides.canary.failures,
    };
  }, NO_COUNTS);
}

/** What was counted since an earlier look; everything, when HAProxy restarted and counts from 0 again. */
export function countsSince(now: Counts, earlier: Counts): Counts {
  const keys = Object.keys(now) as (keyof Counts)[];
  const restarted = keys.some((key) => now[key] < earlier[key]);
  return restarted ? now : lessCounts(now, earlier);
}

/** The difference of two counts, which may be below 0. */
export function lessCounts(left: Counts, right: Counts): Counts {
  return {
    stable: left.stable - right.stable,
    canary: left.canary - right.canary,
    stableFailures: left.stableFailures - right.stableFailures,
    canaryFailures: left.canaryFailures - right.canaryFailures,
  };
}

/** The canary's share of requests in percent; `null` when there were none. */
export function measuredWeight(counts: Counts): number | null {
  const all = counts.stable + counts.canary;
  return all === 0 ? null : Math.round((counts.canary / all) * 10_000) / 100;
}
