import { aligned } from '../../database/mysql/align.ts';
import { type Naming, namingIn } from '../../database/mysql/cursor.ts';
import { factsOf } from '../../database/mysql/facts.ts';
import { storiesOf } from '../../database/mysql/lineage.ts';
import type { LockSample } from '../../database/mysql/locks.ts';
import { doneIn, type LogEntry } from '../../database/mysql/log.ts';
import { type Loss, observationOf } from '../../database/mysql/observation.ts';
import { type Imprint, imprintStatement, lossQuery } from '../../database/mysql/rows.ts';
import { type MysqlSnapshot, type MysqlTable, snapshotOf } from '../../database/mysql/snapshot.ts';
import { tail } from '../../system/process.ts';
import type { Place, Watch } from '../server.ts';
import { type Flavour, flavourIn, readFacts, rowQueries, usualSchema } from './facts.ts';
import { ask, askFacts, client, notRehearsed } from './programs.ts';
import {
  CAN_SAMPLE,
  SAMPLES,
  type Sample,
  STOP_SAMPLER,
  samplerStatements,
  startSampler,
} from './sampler.ts';
import { NOTES } from './schemas.ts';

export async function watchServer(copy: Place): Promise<Watch> {
  const { flavour, canSample } = await look(copy);
  const facts = await readFacts(copy, flavour);
  const schemas = factsOf(facts, 'schema').map(({ name }) => name);
  const naming = namingIn(usualSchema(copy, schemas));
  const found = snapshotOf(facts, naming);
  const before = withRows(
    found,
    (await askFacts<Told>(copy, rowQueries(found.tables))).filter(isRows),
  );
  const imprints = before.tables
    .filter(({ rows }) => rows > 0)
    .map((of, index): Imprint => ({ of, place: `${NOTES}.t${index}` }));
  const [since = '0'] = await ask(
    copy,
    [
      `CREATE DATABASE ${NOTES};`,
      ...imprints.map((imprint) => `${imprintStatement(imprint)};`),
      samplerStatements(flavour),
      logStatements(flavour),
    ].join('\n'),
  );
  const sampler = canSample ? startSampler(copy) : undefined;
  return {
    end: async (serviceAt) => {
      const log = await askFacts<LogEntry>(copy, `${STOP_SAMPLER}\n${LOG}`);
      await sampler;
      const done = doneIn(log, naming);
      const stories = storiesOf(
        before.tables.map(({ name }) => name),
        done.flatMap(({ actions }) => actions),
      );
      const now = aligned(before, snapshotOf(await readFacts(copy, flavour), naming), stories);
      const touched = now.tables.filter((table) => isTouched(table, before, Number(since)));
      const told = await askFacts<Told>(copy, `${rowQueries(touched)}\n${SAMPLES}`);
      const known = before.tables.map(({ id, rows }): Rows => ({ is: 'rows', id, rows }));
      const after = withRows(now, [...known, ...told.filter(isRows)]);
      const losses = await lossesOf(copy, imprints, after, touched);
      const locks = canSample ? told.flatMap((each) => lockOf(each, naming)) : undefined;
      return observationOf({ before, after, done, losses, locks }, serviceAt);
    },
  };
}

type Rows = { is: 'rows'; id: string; rows: number };
type Told = Rows | Sample;

function isRows(told: Told): told is Rows {
  return told.is === 'rows';
}

function lockOf(told: Told, naming: Naming): LockSample[] {
  return isRows(told) ? [] : [{ ...told, table: naming(told.db, told.name) }];
}

/** What kind of server it is. Takes away what a watch that was not ended has left. */
async function look(copy: Place): Promise<{ flavour: Flavour; canSample: boolean }> {
  const { streams, signal } = copy;
  const { command, ...rest } = client(copy);
  // Where locks cannot be looked at the rest can be seen.
  const result = await streams.run(
    {
      ...rest,
      command: [...command, '--force'],
      input: `DROP DATABASE IF EXISTS ${NOTES};\nSELECT VERSION();${CAN_SAMPLE}`,
    },
    { signal },
  );
  const [version, canSample] = result.stdout.split('\n');
  if (!version) throw notRehearsed(tail(result.stderr));
  return { flavour: flavourIn(version), canSample: canSample === '1' };
}

function withRows<S extends MysqlSnapshot>(snapshot: S, told: readonly Rows[]): S {
  const rows = new Map(told.map(({ id, rows: count }) => [id, count]));
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

/** Has every statement noted with its duration. Tells the second from which on that is so. */
function logStatements(flavour: Flavour): string {
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

/** Without what changes no row that was there, which may be very much. */
const LOG = `SET GLOBAL slow_query_log=OFF;
SELECT JSON_OBJECT('account',user_host,'thread',thread_id,'schema',db,
  'ms',FLOOR(TIME_TO_SEC(query_time))*1000+MICROSECOND(query_time)/1000,
  'text',LEFT(CONVERT(sql_text USING utf8mb4),4000))
FROM mysql.slow_log WHERE CONVERT(sql_text USING utf8mb4) NOT LIKE 'SELECT%'
AND (CONVERT(sql_text USING utf8mb4) NOT LIKE 'INSERT%' OR CONVERT(sql_text USING utf8mb4) LIKE '%DUPLICATE%');`;
