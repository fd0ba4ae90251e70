import { OURS_OUT } from './names.ts';

/** How the rows of a table are kept, as objects of the table: see `catalogue.ts`. */
const FROM = `from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and c.relpersistence <> 't' and ${OURS_OUT('c', 'pg_class')}`;

const PART = (inner: string) =>
  `jsonb_build_array(jsonb_build_array('TABLE', n.nspname, c.relname, '${inner}'))`;

/** An index may belong to a constraint: then it is printed with that. */
const OF_INDEXES = `coalesce((
    select jsonb_agg(jsonb_build_array(w.type, n.nspname, w.tag, 'storage options'))
    from pg_index i join pg_class x on x.oid = i.indexrelid,
      lateral (values ('INDEX', x.relname), ('CONSTRAINT', c.relname || ' ' || x.relname)) w(type, tag)
    where i.indrelid = c.oid), '[]')`;

const OF_SEQUENCES = `coalesce((
    select jsonb_agg(jsonb_build_array('SEQUENCE', n.nspname, x.relname, 'persistence'))
    from bound b join pg_class x on x.oid = b.objid where b.refobjid = c.oid), '[]')`;

/** Columns whose values are kept in another way than their type says; options of the server's own say nothing. */
const OF_COLUMNS = `(select string_agg(concat_ws(' ', k.number, k.storage, k.options, k.compression, k.target), ',' order by k.number)
    from (select a.attnum as number, case when a.attstorage <> y.typstorage then a.attstorage end as storage, (select string_agg(o, ',') from unnest(a.attoptions) o where o !~ '^pg_') as options,
        nullif(to_jsonb(a)->>'attcompression', '') as compression, nullif(a.attstattarget, -1) as target
      from pg_attribute a join pg_type y on y.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) k
    where coalesce(k.storage::text, k.options, k.compression, k.target::text) is not null)`;

export const STORAGE: readonly string[] = [
  `select c.oid || ' storage options', 'storage options', '', concat_ws(E'\\n', array_to_string(c.reloptions, ','), c.reltablespace, c.relam,
    (select array_to_string(o.reloptions, ',') from pg_class o where o.oid = c.reltoastrelid),
    (select string_agg(x.relname, ',') from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and i.indisclustered), ${OF_COLUMNS}),
    c.oid::text, ${PART('storage options')} || ${OF_INDEXES}
  ${FROM}`,

  `select c.oid || ' persistence', 'persistence', '', case c.relpersistence when 'u' then 'unlogged' else 'logged' end,
    c.oid::text, ${PART('persistence')} || ${OF_SEQUENCES}
  ${FROM}`,

  `select c.oid || ' replica identity', 'replica identity', '', c.relreplident::text || coalesce((
      select x.relname from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and i.indisreplident), ''),
    c.oid::text, ${PART('replica identity')}
  ${FROM}`,
];
