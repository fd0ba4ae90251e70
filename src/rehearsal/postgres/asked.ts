import type { Asked, AskedStatement } from '../../database/asked.ts';
import { isOneQuery, shownLines } from '../../database/statement.ts';
import type { Listening, ServerContainer } from '../server-kind.ts';
import {
  APPLICATION,
  databasesOf,
  endSessions,
  MAINTENANCE,
  program,
  psql,
  rowsOf,
  rowsOfEach,
} from './client.ts';

const MOST = 1000;
/** Characters of all of them together. */
const MOST_TEXT = 4_000_000;
const LONGEST = 50_000;
const LOOK_EVERY_MS = 200;

/** What the server puts in place of a statement that its user may not read. */
const HIDDEN = '<insufficient privilege>';

/** Where `pg_stat_statements` is installed, as a JSON row. */
const EXTENSION = `select to_json(quote_ident(n.nspname)) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'pg_stat_statements';`;

const COUNTED = (schema: string) => `
select json_build_object('text', s.query, 'database', d.datname, 'role', r.rolname, 'calls', sum(s.calls))
from ${schema}.pg_stat_statements s join pg_database d on d.oid = s.dbid join pg_roles r on r.oid = s.userid
where length(s.query) < ${LONGEST} and not d.datistemplate
group by s.query, d.datname, r.rolname order by sum(s.calls) desc limit ${MOST};`;

/** What sessions did last, or are doing; a statement that the server has cut off is left out. */
const RUNNING = `
select json_build_object('text', query, 'database', datname, 'role', usename) from pg_stat_activity
where backend_type = 'client backend' and application_name <> '${APPLICATION}' and query <> ''
  and octet_length(query) < pg_size_bytes(current_setting('track_activity_query_size')) - 1`;

/**
 * Finds out what production asks: what `pg_stat_statements` has counted, else what is seen running until it ends. Only
 * reads, and creates nothing.
 */
export async function listen(original: ServerContainer): Promise<Listening> {
  const counted = await countedBy(original).catch(() => undefined);
  if (counted) return { end: async () => known(counted) };
  const seen: AskedStatement[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, original.signal]);
  const input = `${RUNNING} \\watch ${LOOK_EVERY_MS / 1000}\n`;
  const running = original.streams
    .run(
      { ...(await program(original, psql(MAINTENANCE))), input },
      {
        signal,
        onLine: (line) => {
          const one = seen.length < 50 * MOST ? statementIn(line) : undefined;
          if (one) seen.push(one);
        },
      },
    )
    .catch(() => undefined);
  return {
    end: async () => {
      stop.abort();
      await running;
      await endSessions(original);
      // A short copy may have ended before the first look.
      const last = await rowsOf<AskedStatement>(original, MAINTENANCE, `${RUNNING};`);
      return known([...seen, ...last]);
    },
  };
}

/** A very long line comes in pieces, which are no statement. */
function statementIn(line: string): AskedStatement | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return { ...(JSON.parse(line) as AskedStatement), calls: undefined };
  } catch {
    return undefined;
  }
}

async function countedBy(original: ServerContainer): Promise<AskedStatement[] | undefined> {
  const found = await rowsOfEach<string>(original, await databasesOf(original), EXTENSION);
  for (const [database, [schema]] of found)
    if (schema !== undefined) return rowsOf<AskedStatement>(original, database, COUNTED(schema));
  return undefined;
}

/** Each once, without those that cannot be prepared anyway. */
function known(all: readonly AskedStatement[]): Asked {
  const found = new Map<string, AskedStatement>();
  let size = 0;
  for (const each of all) {
    if (each.text === HIDDEN || !isOneQuery(each.text)) continue;
    const { database, role, calls, text } = each;
    // Those with other values only are the same; counted ones have no values.
    const key = JSON.stringify([database, role, calls === undefined ? plain(text) : text]);
    if (found.has(key) || found.size >= MOST || size + text.length > MOST_TEXT) continue;
    size += text.length;
    found.set(key, each);
  }
  const isHidden = all.some(({ text }) => text === HIDDEN);
  const problem = isHidden
    ? 'its user may not read the statements of others (pg_read_all_stats)'
    : undefined;
  return { statements: [...found.values()], problem };
}

function plain(text: string): string {
  return shownLines(text)
    .join(' ')
    .replace(/\b\d+\b/g, '0');
}
