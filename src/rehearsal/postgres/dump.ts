import type { Dump, Place } from '../server.ts';
import { conninfo, credentials, databasesOf, MAINTENANCE, rowsOf } from './client.ts';
import { DROP_KEYS, MAKE_KEYS } from './keys.ts';
import { quoted } from './quote.ts';
import { NAME, prefixOf } from './snapshot.ts';

interface Relation {
  /** `r`, `p` for tables, `v`, `m` for views. */
  kind: string;
  /** As SQL names it. */
  path: string;
  schema: string;
  name: string;
  bytes: number;
}

const TABLES = `
select json_build_object('id', c.oid::text, 'name', ${NAME('c.relname')})
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema';`;

/** Tables with their partitions and with the views on them, which go when they go; those that go first come first. */
const CLOSURE = (ids: readonly string[]) => `
with recursive touched(id, depth) as (
  select unnest('{${ids.join()}}'::oid[]), 0
  union
  select next.id, touched.depth + 1 from touched, lateral (
    select i.inhrelid from pg_inherits i where i.inhparent = touched.id
    union
    select r.ev_class from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = touched.id and r.ev_class <> touched.id) next(id))
select json_build_object('kind', c.relkind, 'path', format('%I.%I', n.nspname, c.relname), 'schema', n.nspname,
  'name', c.relname, 'bytes', pg_table_size(c.oid))
from (select id, max(depth) as depth from touched group by id) t
  join pg_class c on c.oid = t.id join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') order by t.depth desc, c.oid;`;

/** A part for each database that holds some of the tables, named as in snapshots. */
export async function dumpTables(place: Place, tables: readonly string[]): Promise<Dump[]> {
  const databases = await databasesOf(place);
  const main = place.definition.environment?.POSTGRES_DB;
  const dumps: Dump[] = [];
  for (const database of databases) {
    const prefix = prefixOf(database, databases, main);
    const all = await rowsOf<{ id: string; name: string }>(place, database, TABLES);
    const ids = all.filter(({ name }) => tables.includes(prefix + name)).map(({ id }) => id);
    if (ids.length === 0) continue;
    const relations = await rowsOf<Relation>(place, database, CLOSURE(ids));
    dumps.push({ ...dumpOf(database, relations), env: await credentials(place) });
  }
  return dumps;
}

/** psql, as the user whom the image makes, in whatever database: the dump says which. */
export async function reader(place: Place): Promise<string[]> {
  const { PGUSER = 'postgres' } = await credentials(place);
  const main = place.definition.environment?.POSTGRES_DB ?? '';
  const database = /^\w+$/.test(main) ? main : MAINTENANCE;
  return ['psql', '-X', '-q', '-o', '/dev/null', '-U', PGUSER, '-d', database];
}

function dumpOf(database: string, relations: readonly Relation[]): Omit<Dump, 'env'> {
  const tables = relations.filter(({ kind }) => kind === 'r' || kind === 'p');
  const views = relations.filter(({ kind }) => kind === 'v' || kind === 'm');
  const paths = tables.map(({ path }) => path);
  // All or nothing, and only what is in the file goes: what else needs a table stops it.
  const before = [
    '\\set ON_ERROR_STOP on',
    `\\connect -reuse-previous=on ${quoted(conninfo(database))}`,
    'begin;',
    "set search_path = '';",
    'set standard_conforming_strings = on;',
    'set client_min_messages = warning;',
    DROP_KEYS(paths),
    ...views.map(
      ({ kind, path }) => `drop ${kind === 'm' ? 'materialized ' : ''}view if exists ${path};`,
    ),
    `drop table if exists ${paths.join(', ')};`,
    '',
  ];
  const after = ['', MAKE_KEYS, 'commit;', ''];
  return {
    command: [
      ...['pg_dump', '--clean', '--if-exists', '--no-password', `--dbname=${conninfo(database)}`],
      ...relations.map(({ schema, name }) => `--table=${pattern(schema)}.${pattern(name)}`),
    ],
    before: before.join('\n'),
    after: after.join('\n'),
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** A name that pg_dump takes for itself alone, not for a pattern. */
function pattern(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
