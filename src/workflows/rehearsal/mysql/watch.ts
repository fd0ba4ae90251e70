import { aligned } from '../../../database/mysql-align.ts';
import { namingIn } from '../../../database/mysql-cursor.ts';
import { storiesOf } from '../../../database/mysql-lineage.ts';
import { doneIn, type LogEntry } from '../../../database/mysql-log.ts';
import { type Loss, observationOf } from '../../../database/mysql-observation.ts';
import { type Imprint, imprintStatement, lossQuery } from '../../../database/mysql-rows.ts';
import {
  type MysqlSnapshot,
  type MysqlTable,
  snapshotOf,
} from '../../../database/mysql-snapshot.ts';
import type { Place, Watch } from '../server.ts';
import { countRows, type Flavour, flavourOf, readFacts, schemasOf, usualSchema } from './facts.ts';
import { ask, askFacts } from './programs.ts';
import { startSampler } from './sampler.ts';
import { NOTES } from './schemas.ts';

export async function watchServer(copy: Place): Promise<Watch> {
  const flavour = await flavourOf(copy);
  // Of a watch that was not ended.
  await ask(copy, `DROP DATABASE IF EXISTS ${NOTES};`);
  const naming = namingIn(usualSchema(copy, await schemasOf(copy)));
  const found = snapshotOf(await readFacts(copy, flavour), naming);
  const before = withRows(found, await countRows(copy, found.tables));
  const imprints = before.tables
    .filter(({ rows }) => rows > 0)
    .map((of, index): Imprint => ({ of, place: `${NOTES}.t${index}` }));
  await ask(copy, [`CREATE DATABASE ${NOTES};`, ...imprints.map(imprintOf)].join('\n'));
  const sampler = await startSampler(copy, flavour);
  const since = await startLog(copy, flavour);
  return {
    end: async (serviceAt) => {
      const locks = await sampler.end(naming);
      const done = doneIn(await endLog(copy), naming);
      const stories = storiesOf(
        before.tables.map(({ name }) => name),
        done.flatMap(({ actions }) => actions),
      );
      const read = snapshotOf(await readFacts(copy, flavour), naming);
      const now = aligned(before, read, stories);
      const touched = now.tables.filter((table) => isTouched(table, before, since));
      const counts = await countRows(copy, touched);
      const rows = new Map([
        ...before.tables.map(({ id, rows: n }) => [id, n] as const),
        ...counts,
      ]);
      const after = withRows(now, rows);
      const losses = await lossesOf(copy, imprints, after, touched);
      return observationOf({ before, after, done, losses, locks }, serviceAt);
    },
  };
}

function imprintOf(imprint: Imprint): string {
  return `${imprintStatement(imprint)};`;
}

function withRows<S extends MysqlSnapshot>(snapshot: S, rows: ReadonlyMap<string, number>): S {
  const tables = snapshot.tables.map((table) => ({ ...table, rows: rows.get(table.id) ?? 0 }));
  return { ...snapshot, tables };
}

/** Whether a table may hold other rows than before; one that nothing has touched is not read again. */
function isTouched(table: MysqlTable, before: MysqlSnapshot, since: number): boolean {
  const same = before.tables.find(({ id }) => id === table.id);
  const isKnown = table.updated > 0 && table.updated < since;
  return !isKnown || same === undefined || same.storage !== table.storage;
}

async function lossesOf(
  copy: Place,
  imprints: readonly Imprint[],
  after: MysqlSnapshot,
  touched: readonly MysqlTable[],
): Promise<Loss[]> {
  const ids = new Set(touched.map(({ id }) => id));
  const queries = imprints.flatMap((imprint) => {
    const now = after.tables.find(({ id }) => id === imprint.of.id);
    return now && ids.has(now.id) ? [`${lossQuery(imprint, now)};`] : [];
  });
  return askFacts<Loss>(copy, queries.join('\n'));
}

/** Has every statement noted with its duration. Gives the second from which on that is so. */
async function startLog(copy: Place, flavour: Flavour): Promise<number> {
  const every =
    flavour === 'mariadb'
      ? [
          "SET GLOBAL log_slow_filter='';",
          "SET GLOBAL log_slow_disabled_statements='';",
          'SET GLOBAL log_slow_rate_limit=1;',
        ]
      : ['SET GLOBAL log_slow_admin_statements=ON;'];
  const [second = '0'] = await ask(
    copy,
    [
      "SET GLOBAL slow_query_log=OFF, GLOBAL log_output='TABLE';",
      'TRUNCATE TABLE mysql.slow_log;',
      'SET GLOBAL long_query_time=0, GLOBAL min_examined_row_limit=0;',
      ...every,
      'SET GLOBAL slow_query_log=ON;',
      'SELECT UNIX_TIMESTAMP();',
    ].join('\n'),
  );
  return Number(second);
}

async function endLog(copy: Place): Promise<LogEntry[]> {
  return askFacts<LogEntry>(
    copy,
    [
      'SET GLOBAL slow_query_log=OFF;',
      "SELECT JSON_OBJECT('account',user_host,'thread',thread_id,'schema',db,'ms',TIME_TO_SEC(query_time)*1000,",
      // Of MySQL's log there is no such column.
      "'affected',0,'text',LEFT(CONVERT(sql_text USING utf8mb4),4000))",
      "FROM mysql.slow_log WHERE sql_text NOT LIKE 'SELECT%';",
    ].join(' '),
  );
}
