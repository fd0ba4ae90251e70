import { partKey } from '../../database/definition.ts';
import type { Column, Constraint, Index, Table } from '../../database/snapshot.ts';
import { NAME, OURS_OUT } from './names.ts';

/** The tables of a database with all that is compared as a part of them, as JSON rows; what a part lacks is left out. */
export const TABLES = `
select json_strip_nulls(json_build_object(
  'id', c.oid::text, 'name', ${NAME('c.relname')}, 'storage', c.relfilenode::text, 'kind', c.relkind,
  'path', format('%I.%I', n.nspname, c.relname), 'schema', n.nspname, 'bare', c.relname,
  'columns', coalesce((
    select json_agg(json_build_object(
      'id', a.attnum::text, 'name', a.attname, 'type', regexp_replace(format_type(a.atttypid, a.atttypmod), '^public\\.', ''),
      'isNullable', not a.attnotnull, 'hasDefault', a.atthasdef or a.attidentity <> '',
      'default', case when a.attgenerated = '' then pg_get_expr(e.adbin, e.adrelid) end,
      'generated', case when a.attgenerated <> '' then a.attgenerated::text || pg_get_expr(e.adbin, e.adrelid) end,
      'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
      'collation', (select l.collname from pg_collation l where l.oid = a.attcollation and a.attcollation <> y.typcollation),
      'sequence', (select x.relname from pg_depend d join pg_class x on x.oid = d.objid and x.relkind = 'S'
        where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum and d.deptype = 'i' limit 1)) order by a.attnum)
    from pg_attribute a join pg_type y on y.oid = a.atttypid left join pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'),
  'indexes', coalesce((
    select json_agg(json_build_object(
      'id', i.indexrelid::text, 'name', x.relname, 'isUnique', i.indisunique, 'isInvalid', not i.indisvalid,
      'definition', pg_get_indexdef(i.indexrelid)) order by x.relname)
    from pg_index i join pg_class x on x.oid = i.indexrelid
    where i.indrelid = c.oid
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))), '[]'),
  'constraints', coalesce((
    select json_agg(json_build_object(
      'name', k.conname, 'definition', regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),
      'isUnchecked', not k.convalidated or exists (select from pg_trigger t where t.tgconstraint = k.oid and t.tgenabled = 'D'),
      'kind', case k.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key'
        when 'c' then 'check' else 'exclusion' end) order by k.conname)
    from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')), '[]')))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and ${OURS_OUT('c', 'pg_class')}
order by c.oid;`;

/** A table as it is read, with ids within its database. */
export interface TableRow {
  id: string;
  name: string;
  storage: string;
  kind: 'r' | 'p';
  /** As SQL names it. */
  path: string;
  schema: string;
  /** Its name in its schema. */
  bare: string;
  /** `sequence`: the one that numbers an identity column. */
  columns: readonly (Column & { sequence?: string })[];
  indexes: readonly Index[];
  constraints: readonly Constraint[];
}

/** Exact; rows of a partitioned table count only in its partitions. */
export function rowCounts(tables: readonly TableRow[]): string[] {
  return tables.flatMap(({ id, path, kind }) =>
    kind === 'r'
      ? `select json_build_object('id', '${id}', 'rows', count(*)) from only ${path};`
      : [],
  );
}

/** A table of the snapshot, with the parts under which `pg_dump` prints it. */
export function tableOf(row: TableRow, database: string, prefix: string, rows: number): Table {
  const { id, name, storage, schema, bare } = row;
  const part = (type: string, tag: string, ...inner: readonly string[]) =>
    partKey(database, type, schema, tag, ...inner);
  return {
    id: `${database} ${id}`,
    name: prefix + name,
    storage,
    rows,
    parts: [part('TABLE', bare)],
    columns: row.columns.map(({ sequence, ...column }) => ({
      ...column,
      parts: [
        part('TABLE', bare, `column ${column.name}`),
        part('DEFAULT', `${bare} ${column.name}`),
        ...(sequence === undefined ? [] : [part('SEQUENCE', sequence)]),
      ],
    })),
    indexes: row.indexes.map((index) => ({
      ...index,
      parts: [part('INDEX', index.name), part('INDEX ATTACH', index.name)],
    })),
    constraints: row.constraints.map((constraint) => ({
      ...constraint,
      parts: [
        ...['CONSTRAINT', 'FK CONSTRAINT', 'CHECK CONSTRAINT'].map((type) =>
          part(type, `${bare} ${constraint.name}`),
        ),
        part('TABLE', bare, `constraint ${constraint.name}`),
        part('INDEX ATTACH', constraint.name),
      ],
    })),
  };
}
