import { NAME, OURS_OUT } from './names.ts';

/** A sequence and the column that takes its numbers, if one does. */
export interface NumberRow {
  id: string;
  name: string;
  /** The id of the table of the column. */
  table: string | null;
  /** As users name it. */
  source: string;
  /** As SQL names it. */
  sequence: string;
  step: string;
  /** As SQL names the table. */
  path: string | null;
  column: string | null;
}

/**
 * Every sequence, by the column that owns it or whose default asks it: another sequence for the same
 * column is the same row. As JSON rows.
 */
export const NUMBERS = `
with used as (
  select d.objid as sequence, d.refobjid as relation, d.refobjsubid as number from pg_depend d
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0
  union
  select d.refobjid, e.adrelid, e.adnum from pg_depend d join pg_attrdef e on e.oid = d.objid
  where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass)
select json_build_object('id', coalesce(u.relation || ' ' || u.number, c.oid::text) || ' number',
  'name', coalesce(a.attname::text, ${NAME('c.relname')}), 'table', u.relation::text, 'step', s.seqincrement::text,
  'source', ${NAME('c.relname')}, 'sequence', format('%I.%I', n.nspname, c.relname), 'path', quote_ident(m.nspname) || '.' || quote_ident(t.relname), 'column', quote_ident(a.attname))
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
  left join used u on u.sequence = c.oid and exists (select from pg_attribute b where b.attrelid = u.relation and b.attnum = u.number
    and b.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype))
  left join pg_class t on t.oid = u.relation left join pg_namespace m on m.oid = t.relnamespace
  left join pg_attribute a on a.attrelid = u.relation and a.attnum = u.number
where ${OURS_OUT('c', 'pg_class')} order by 1::text;`;

/** Asks for the next number and the highest value in use (the lowest if it counts down). */
export function positionQuery({ id, sequence, step, path, column }: NumberRow): string {
  const ends = step.startsWith('-') ? 'min' : 'max';
  const highest =
    path && column ? `(select trunc(${ends}(${column})::numeric)::text from ${path})` : 'null';
  return `select json_build_object('id', '${id}', 'definition', concat_ws(E'\\n',
    case when is_called then last_value::numeric + ${step} else last_value end, ${step}, ${highest})) from ${sequence};`;
}

/** As an object: `compare/object-rules.ts` says how its definition reads. */
export function numberObject({ id, name, table, source }: NumberRow, definition: string) {
  return { id, kind: 'next number' as const, name, source, definition, table, parts: [] };
}
