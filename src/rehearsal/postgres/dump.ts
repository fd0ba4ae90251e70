import type { Dump, ServerContainer } from '../server-kind.ts';
import {
  conninfo,
  credentials,
  databasesOf,
  literal,
  MAINTENANCE,
  program,
  quoted,
  rowsOf,
} from './client.ts';
import { NAME } from './names.ts';
import { prefixIn } from './snapshot.ts';

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

/** Tables with their partitions and the views on them, which are dropped with them; in the order of dropping. */
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

/**
 * Foreign keys to tables that are about to be dropped and recreated: recorded and dropped. Those of tables that stay
 * are recreated by `MAKE_KEYS`; the others come with their table.
 */
const DROP_KEYS = (paths: readonly string[]) => `
create temporary table canary_keys on commit drop as
  select k.conname as name, format('%I.%I', n.nspname, c.relname) as path, pg_catalog.pg_get_constraintdef(k.oid) as definition,
    k.convalidated as is_checked, c.relkind = 'p' as is_partitioned, k.conrelid = any (t.ids) as comes_back
  from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
    (select array_agg(pg_catalog.to_regclass(path)::oid) as ids
     from unnest(array[${paths.map(literal).join(', ')}]) as path where pg_catalog.to_regclass(path) is not null) t
  where k.contype = 'f' and k.conparentid = 0 and k.confrelid = any (t.ids);
do $canary$
declare key record;
begin
  for key in select * from pg_temp.canary_keys loop
    execute format('alter table %s drop constraint %I', key.path, key.name);
  end loop;
end $canary$;
`;

/** Rows written since may refer to rows that are gone now: the key is created anyway, with a warning. */
const MAKE_KEYS = `
do $canary$
declare key record;
begin
  for key in select * from pg_temp.canary_keys where not comes_back loop
    execute format('alter table %s add constraint %I %s', key.path, key.name, key.definition
      || case when key.is_checked and not key.is_partitioned then ' not valid' else '' end);
    begin
      if key.is_checked and not key.is_partitioned then
        execute format('alter table %s validate constraint %I', key.path, key.name);
      end if;
    exception when foreign_key_violation then
      raise warning 'rows of % name rows that are not there any more: % is not checked for them', key.path, key.name;
    end;
  end loop;
end $canary$;
`;

/** A part for each database that holds some of the tables, named as in snapshots. */
export async function dumpTables(
  original: ServerContainer,
  tables: readonly string[],
): Promise<Dump[]> {
  const databases = await databasesOf(original);
  const prefix = prefixIn(original, databases);
  const dumps: Dump[] = [];
  for (const database of databases) {
    const all = await rowsOf<{ id: string; name: string }>(original, database, TABLES);
    const wanted = all.filter(({ name }) => tables.includes(prefix(database) + name));
    if (wanted.length === 0) continue;
    const ids = wanted.map(({ id }) => id);
    const relations = await rowsOf<Relation>(original, database, CLOSURE(ids));
    dumps.push(await dumpOf(original, database, relations));
  }
  return dumps;
}

/** psql, as the user that the image creates, in any database: the dump names the right one. */
export async function reader(original: ServerContainer): Promise<string[]> {
  const { PGUSER = 'postgres' } = await credentials(original);
  const main = original.definition.environment?.POSTGRES_DB ?? '';
  const database = /^\w+$/.test(main) ? main : MAINTENANCE;
  return ['psql', '-X', '-q', '-o', '/dev/null', '-U', PGUSER, '-d', database];
}

async function dumpOf(
  original: ServerContainer,
  database: string,
  relations: readonly Relation[],
): Promise<Dump> {
  const tables = relations.filter(({ kind }) => kind === 'r' || kind === 'p');
  const views = relations.filter(({ kind }) => kind === 'v' || kind === 'm');
  const paths = tables.map(({ path }) => path);
  // All or nothing, and only what is in the file is dropped: anything else that needs a table stops it.
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
  const dump = ['pg_dump', '--clean', '--if-exists', '--no-password'];
  const names = relations.map(({ schema, name }) => `--table=${pattern(schema)}.${pattern(name)}`);
  return {
    ...(await program(original, [...dump, `--dbname=${conninfo(database)}`, ...names])),
    before: before.join('\n'),
    after: after.join('\n'),
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** A name that pg_dump takes literally, not as a pattern. */
function pattern(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
