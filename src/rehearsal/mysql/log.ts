import { type Action, actionsOf, changesRows } from './actions.ts';
import type { Flavour } from './client.ts';
import { type Naming, tokensOf } from './cursor.ts';

/** Without statements that change no existing row; these may be very many. */
export const LOG = `SET GLOBAL slow_query_log=OFF;
SELECT JSON_OBJECT('account',user_host,'thread',thread_id,'schema',db,
  'ms',FLOOR(TIME_TO_SEC(query_time))*1000+MICROSECOND(query_time)/1000,
  'text',LEFT(CONVERT(sql_text USING utf8mb4),4000))
FROM mysql.slow_log WHERE CONVERT(sql_text USING utf8mb4) NOT LIKE 'SELECT%'
AND (CONVERT(sql_text USING utf8mb4) NOT LIKE 'INSERT%' OR CONVERT(sql_text USING utf8mb4) LIKE '%DUPLICATE%');`;

/** Makes the server log every statement with its duration. Returns the second from which it does. */
export function logStatements(flavour: Flavour): string {
  const every =
    flavour === 'mariadb'
      ? [
          "SET GLOBAL log_slow_filter='';",
          "SET GLOBAL log_slow_disabled_statements='';",
          'SET GLOBAL log_slow_rate_limit=1;',
        ]
      : ['SET GLOBAL log_slow_admin_statements=ON;'];
  return [
    "SET GLOBAL slow_query_log=OFF, GLOBAL log_output='TABLE';",
    'TRUNCATE TABLE mysql.slow_log;',
    'SET GLOBAL long_query_time=0, GLOBAL min_examined_row_limit=0;',
    ...every,
    'SET GLOBAL slow_query_log=ON;',
    'SELECT UNIX_TIMESTAMP();',
  ].join('\n');
}

/** A statement as the server logged it when it had ended. */
export interface LogEntry {
  /** Such as `app[app] @ host [172.18.0.3]`. */
  account: string;
  thread: number;
  /** The default database. */
  schema: string;
  text: string;
  ms: number;
}

export interface Done extends LogEntry {
  actions: readonly Action[];
  /** The address it came from; empty for one from inside the container. */
  address: string;
}

/** Statements that had an effect: writes of transactions that were rolled back or never committed are left out. */
export function doneIn(log: readonly LogEntry[], naming: Naming): Done[] {
  const open = new Map<number, Transaction>();
  const lost = new Set<Done>();
  const addresses = addressesIn(log);
  const done = log.map(
    (entry): Done => ({
      ...entry,
      address: addresses.get(entry.thread) ?? '',
      actions: actionsOf(entry.text, entry.schema, naming),
    }),
  );
  for (const each of done) {
    const at = open.get(each.thread) ?? { isExplicit: false, commitsItself: true, writes: [] };
    open.set(each.thread, at);
    for (const write of step(at, each)) lost.add(write);
  }
  for (const { writes } of open.values()) for (const write of writes) lost.add(write);
  return done.filter((each) => !lost.has(each));
}

/** By session. A statement inside a procedure has the account that the procedure belongs to. */
function addressesIn(log: readonly LogEntry[]): Map<number, string> {
  const found = new Map<number, string>();
  for (const { thread, account } of log) {
    const address = /\[([^[\]]*)\]\s*$/.exec(account)?.[1] ?? '';
    if (address !== '' && address !== 'localhost') found.set(thread, address);
  }
  return found;
}

interface Transaction {
  /** Between BEGIN and its end. */
  isExplicit: boolean;
  commitsItself: boolean;
  /** Not committed yet. */
  writes: Done[];
}

/** Continues with a statement; returns the writes that it rolled back. */
function step(at: Transaction, done: Done): Done[] {
  const ending = endingOf(done);
  if (ending === 'rollback') {
    at.isExplicit = false;
    return at.writes.splice(0);
  }
  if (ending !== undefined) {
    at.writes = [];
    at.isExplicit = ending === 'begin';
    if (ending === 'autocommit on') at.commitsItself = true;
    if (ending === 'autocommit off') at.commitsItself = false;
  } else if (done.actions.some(changesRows) && (at.isExplicit || !at.commitsItself))
    at.writes.push(done);
  return [];
}

type Ending = 'begin' | 'commit' | 'rollback' | 'autocommit on' | 'autocommit off';

/** What a statement means for the transaction before it: definitions commit, by MySQL's rules. */
function endingOf({ text, actions }: Done): Ending | undefined {
  const [first = '', second = '', ...rest] = tokensOf(text.slice(0, 200)).map((token) =>
    token.text.toLowerCase(),
  );
  if (first === 'begin' || (first === 'start' && second === 'transaction')) return 'begin';
  if (first === 'commit') return 'commit';
  if (first === 'rollback') return [second, ...rest].includes('to') ? undefined : 'rollback';
  if (first === 'set') {
    const words = [second, ...rest].filter((word) => !/^(@|\.|session|local|=|:)$/.test(word));
    if (words[0] !== 'autocommit') return undefined;
    return words[1] === '0' || words[1] === 'off' || words[1] === 'false'
      ? 'autocommit off'
      : 'autocommit on';
  }
  return actions.every(changesRows) ? undefined : 'commit';
}
