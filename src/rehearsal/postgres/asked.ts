import type { Asked, AskedStatement } from '../../database/asked.ts';
import { isOneQuery, shownLines } from '../../database/statement.ts';
import type { Listening, ServerContainer } from '../server-kind.ts';
import { APPLICATION, databasesOf, MAINTENANCE, rowsOf, rowsOfEach } from './client.ts';

const MOST = 1000;
/** Characters of all of them together. */
const MOST_TEXT = 4_000_000;
const LONGEST = 50_000;
const LONGEST_SEEN = 10_000;
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
  and octet_length(query) < least(${LONGEST_SEEN}, pg_size_bytes(current_setting('track_activity_query_size')) - 1)
limit 100`;

/** Some looks by one program; it ends by itself, as one that is ended complains in production's log. */
const LOOKS =
  `${RUNNING};\ndo 'begin perform pg_catalog.pg_sleep(${LOOK_EVERY_MS / 1000}); end';\n`.repeat(5);

/**
 * Finds out what production asks: what `pg_stat_statements` has counted, else what is seen running until it ends. Only
 * reads, and creates nothing.
 */
export async function listen(original: ServerContainer): Promise<Listening> {
  const databases = await databasesOf(original);
  const counted = await countedBy(original, databases).catch(() => undefined);
  if (counted) return { end: async () => known(counted) };
  // A session on a template keeps others from creating a database.
  const [database = MAINTENANCE] = databases;
  const seen: AskedStatement[] = [];
  let isOver = false;
  const look = async () => {
    do seen.push(...(await rowsOf<AskedStatement>(original, database, LOOKS)));
    while (!isOver && seen.length < 50 * MOST);
  };
  const looking = look().catch(() => undefined);
  return {
    end: async () => {
      isOver = true;
      await looking;
      return known(seen.map((each) => ({ ...each, calls: undefined })));
    },
  };
}

async function countedBy(
  original: ServerContainer,
  databases: readonly string[],
): Promise<AskedStatement[] | undefined> {
  const found = await rowsOfEach<string>(original, databases, EXTENSION);
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
