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
  guarded: (Servers & { /** How many of them met a failure. */ met: number }) | undefined;
}

/** Every service by name, from the CSV answer to `show stat` (HAProxy management guide, 9.1). */
export function parseStatistics(csv: string): Record<string, SideStatistics> {
  const backends = parseBackends(csv);
  return Object.fromEntries(
    Object.keys(backends).flatMap((name) => {
      const servers = both(backends[name]);
      const isGuarded = name.includes(':');
      if (!servers || isGuarded) return [];
      const users = backends[guardedName(name)];
      const guarded = both(users);
      return [[name, { ...servers, guarded: guarded && { ...guarded, met: users?.met ?? 0 } }]];
    }),
  );
}

function both({ stable, canary }: Partial<Servers> = {}): Servers | undefined {
  return stable && canary ? { stable, canary } : undefined;
}

type Backend = Partial<Servers> & { met?: number };

function parseBackends(csv: string): Record<string, Backend> {
  const [head = '', ...rows] = csv.trim().split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const backends: Record<string, Backend> = {};
  for (const row of rows) {
    const cells = cellsOf(row);
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    const side = cell('svname');
    const count = (name: string) => Number(cell(name)) || 0;
    if (side === 'BACKEND')
      backends[cell('pxname')] = { ...backends[cell('pxname')], met: met(count) };
    if (side !== SERVER.stable && side !== SERVER.canary) continue;
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

/**
 * Failures that users of a backend met: answers with a 5xx status, whoever gave them, and connections that were
 * closed without an answer. A server's own counters tell less: `eresp` also counts what was then shielded.
 */
function met(count: (name: string) => number): number {
  const answers = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'].map((kind) => count(`hrsp_${kind}`));
  const answered = answers.reduce((sum, each) => sum + each, 0);
  // What is open may be answered already, and a user may leave in the middle: rather one too few.
  const silent = count('stot') - answered - count('scur') - count('cli_abrt');
  return count('hrsp_5xx') + Math.max(0, silent);
}

/** HAProxy quotes a cell that holds a comma, such as the words of a failed check. */
function cellsOf(row: string): string[] {
  return [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell);
}

export const showStatistics = 'show stat';

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
