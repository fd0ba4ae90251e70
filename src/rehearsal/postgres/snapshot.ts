import type { DatabaseObject, Snapshot, Table } from '../../database/snapshot.ts';
import type { ServerContainer } from '../server-kind.ts';
import { rowsOf, rowsOfEach } from './client.ts';
import { SCHEMA } from './recorder.ts';

/** What belongs neither to the server, to an extension nor to canary. */
const OURS_OUT = (object: string, catalog: string) =>
  `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', '${SCHEMA}')
   and not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${object}.oid and d.deptype = 'e')`;

/** As users write it. */
export const NAME = (object: string) =>
  `case when n.nspname = 'public' then ${object} else n.nspname || '.' || ${object} end`;

const TABLES = `
select json_build_object(
  'id', c.oid::text, 'name', ${NAME('c.relname')}, 'storage', c.relfilenode::text, 'rows', 0, 'kind', c.relkind,
  'path', format('%I.%I', n.nspname, c.relname),
  'columns', coalesce((
    select json_agg(json_build_object(
      'id', a.attnum::text, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'isNullable', not a.attnotnull, 'hasDefault', a.atthasdef or a.attidentity <> '') order by a.attnum)
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'),
  'indexes', coalesce((
    select json_agg(json_build_object(
      'id', i.indexrelid::text, 'name', x.relname, 'isUnique', i.indisunique,
      'definition', pg_get_indexdef(i.indexrelid)) order by x.relname)
    from pg_index i join pg_class x on x.oid = i.indexrelid
    where i.indrelid = c.oid
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))), '[]'),
  'constraints', coalesce((
    select json_agg(json_build_object(
      'name', k.conname, 'definition', pg_get_constraintdef(k.oid),
      'kind', case k.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key'
        when 'c' then 'check' else 'exclusion' end) order by k.conname)
    from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')), '[]'))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and ${OURS_OUT('c', 'pg_class')}
order by c.oid;`;

const OBJECTS = `
with objects(id, kind, name, definition, owner) as (
  select n.oid::text, 'schema', n.nspname::text, '', null::oid from pg_namespace n where ${OURS_OUT('n', 'pg_namespace')}
  union all
  select c.oid::text, case c.relkind when 'v' then 'view' else 'materialized view' end, ${NAME('c.relname')},
    pg_get_viewdef(c.oid), null
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and ${OURS_OUT('c', 'pg_class')}
  union all
  select c.oid::text, 'sequence', ${NAME('c.relname')}, format_type(s.seqtypid, null),
    (select d.refobjid from pg_depend d
     where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
       and d.deptype in ('a', 'i') limit 1)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_sequence s on s.seqrelid = c.oid
  where ${OURS_OUT('c', 'pg_class')}
  union all
  select t.oid::text, 'type', ${NAME('t.typname')},
    case t.typtype when 'e' then (
        select string_agg(e.enumlabel, E'\\n' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
      when 'd' then format_type(t.typbasetype, t.typtypmod) || case when t.typnotnull then ' not null' else '' end
      else t.typtype::text end, null
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where t.typtype in ('e', 'd', 'r') and ${OURS_OUT('t', 'pg_type')}
  union all
  select p.oid::text, 'function', ${NAME("p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'")},
    md5(p.prosrc || coalesce(p.probin, '') || pg_get_function_result(p.oid)), null
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prokind <> 'a' and ${OURS_OUT('p', 'pg_proc')}
  union all
  select t.oid::text, 'trigger', t.tgname::text, pg_get_triggerdef(t.oid) || t.tgenabled::text, t.tgrelid
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where not t.tgisinternal and t.tgname !~ '^${SCHEMA}' and ${OURS_OUT('c', 'pg_class')}
  union all
  select p.oid::text, 'policy', p.polname::text, p.polcmd::text || coalesce(pg_get_expr(p.polqual, p.polrelid), ''), p.polrelid
  from pg_policy p
  union all
  select c.oid::text, 'policy', 'row level security', '', c.oid from pg_class c where c.relrowsecurity
  union all
  select e.oid::text, 'extension', e.extname::text, e.extversion, null from pg_extension e
  union all
  select c.oid || ' ' || a.privilege_type || ' ' || a.grantee, 'grant',
    a.privilege_type || ' to ' || coalesce(r.rolname::text, 'public'), '', c.oid
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
    left join pg_roles r on r.oid = a.grantee
  where c.relkind in ('r', 'p') and a.grantee <> c.relowner and ${OURS_OUT('c', 'pg_class')})
select json_build_object('id', id, 'kind', kind, 'name', name, 'definition', coalesce(definition, ''),
  'table', owner::text) from objects order by kind, name;`;

type TableRow = Table & { path: string; kind: 'r' | 'p' };

/** What databases of a server look like now; ids are valid only within this server. */
export async function snapshotOf(
  server: ServerContainer,
  databases: readonly string[],
): Promise<Snapshot> {
  const sql = `${TABLES}\n${OBJECTS}`;
  const found = await rowsOfEach<TableRow | DatabaseObject>(server, databases, sql);
  const prefix = prefixIn(server, databases);
  const parts = await Promise.all(
    [...found].map(([database, rows]) => snapshotIn(server, database, prefix(database), rows)),
  );
  return {
    tables: parts.flatMap(({ tables }) => tables),
    objects: parts.flatMap(({ objects }) => objects),
  };
}

/** The prefix of names in databases other than the usual one. */
export function prefixIn(
  { definition: { environment } }: ServerContainer,
  databases: readonly string[],
): (database: string) => string {
  const usual =
    environment?.POSTGRES_DB ?? databases.find((each) => each !== 'postgres') ?? 'postgres';
  return (database) => (database === usual ? '' : `${database}/`);
}

async function snapshotIn(
  server: ServerContainer,
  database: string,
  prefix: string,
  found: readonly (TableRow | DatabaseObject)[],
): Promise<Snapshot> {
  const tables = found.filter((each): each is TableRow => 'columns' in each);
  const objects = found.filter((each): each is DatabaseObject => !('columns' in each));
  // Exact; rows of a partitioned table count only in its partitions.
  const counting = tables.flatMap(({ id, path, kind }) =>
    kind === 'r'
      ? `select json_build_object('id', '${id}', 'rows', count(*)) from only ${path};`
      : [],
  );
  type RowCount = Pick<Table, 'id' | 'rows'>;
  const counted = await rowsOf<RowCount>(server, database, counting.join('\n'));
  const counts = new Map(counted.map(({ id, rows }) => [id, rows]));
  const inDatabase = (id: string) => `${database} ${id}`;
  return {
    tables: tables.map(({ path: _, kind: _kind, ...table }) => ({
      ...table,
      id: inDatabase(table.id),
      name: prefix + table.name,
      rows: counts.get(table.id) ?? 0,
    })),
    objects: objects.map(({ table, ...each }) => ({
      ...each,
      id: inDatabase(each.id),
      name: prefix + each.name,
      table: table ? inDatabase(table) : undefined,
    })),
  };
}
