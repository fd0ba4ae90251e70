import { GRANTS } from './grants.ts';
import { NAME, OURS_OUT } from './names.ts';
import { STORAGE } from './storage.ts';

/** A part of the definition as `pg_dump` heads it, and what of it: see `definition.ts`. */
const PART = (type: string, schema: string, tag: string, inner = '') =>
  `jsonb_build_array('${type}', ${schema}, ${tag}${inner && `, ${inner}`})`;

/** The word of `pg_dump` for a relation, a function and a type. */
const RELATION = `case c.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' when 'S' then 'SEQUENCE'
  when 'f' then 'FOREIGN TABLE' else 'TABLE' end`;
const ROUTINE = `case p.prokind when 'p' then 'PROCEDURE' when 'a' then 'AGGREGATE' else 'FUNCTION' end`;
const TYPE = `case t.typtype when 'd' then 'DOMAIN' else 'TYPE' end`;
const SIGNATURE = "p.proname || '(' || oidvectortypes(p.proargtypes) || ')'";
const ROUTINE_NAME = NAME(
  "p.proname || '(' || replace(pg_get_function_identity_arguments(p.oid), 'public.', '') || ')'",
);

/** Types of their own: not those of tables, arrays and ranges. */
const OWN_TYPE = `(t.typtype in ('e', 'd', 'r') or (t.typtype = 'c'
  and exists (select from pg_class r where r.oid = t.typrelid and r.relkind = 'c')))`;

/** Each is a query for id, kind, name, definition, the id of what it belongs to, and parts. */
const KINDS = [
  `select n.oid::text, 'schema', n.nspname::text, '', null, ${PART('SCHEMA', "'-'", 'n.nspname')}
  from pg_namespace n where ${OURS_OUT('n', 'pg_namespace')}`,

  `select c.oid::text, case c.relkind when 'v' then 'view' else 'materialized view' end, ${NAME('c.relname')},
    (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
     from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) || E'\\n'
    || pg_get_viewdef(c.oid) || coalesce(array_to_string(c.reloptions, ','), '')
    || case when c.relkind = 'm' then c.relispopulated::text else '' end, null,
    jsonb_build_array(${RELATION}, n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and ${OURS_OUT('c', 'pg_class')}`,

  `select c.oid::text, 'sequence', ${NAME('c.relname')},
    concat_ws(E'\\n', format_type(s.seqtypid, null), s.seqmin, s.seqmax, s.seqincrement, s.seqstart, s.seqcycle, s.seqcache,
      case when not exists (select from bound b where b.objid = c.oid) then c.relpersistence end, (select b.refobjid || ' ' || b.refobjsubid from bound b where b.objid = c.oid and b.deptype = 'a')),
    (select b.refobjid::text from bound b where b.objid = c.oid limit 1),
    jsonb_build_array(${PART('SEQUENCE', 'n.nspname', 'c.relname')}, ${PART('SEQUENCE OWNED BY', 'n.nspname', 'c.relname')})
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_sequence s on s.seqrelid = c.oid
  where ${OURS_OUT('c', 'pg_class')}`,

  `select t.oid::text, 'type', ${NAME('t.typname')},
    case t.typtype
      when 'e' then (select string_agg(e.enumlabel, E'\\n' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
      when 'd' then concat_ws('; ', format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, t.typcollation,
        (select string_agg(k.conname || ' ' || pg_get_constraintdef(k.oid), '; ' order by k.conname) from pg_constraint k where k.contypid = t.oid))
      when 'c' then (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attcollation, '; ' order by a.attnum)
        from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)
      else (select r::text from pg_range r where r.rngtypid = t.oid) end, null,
    jsonb_build_array(jsonb_build_array(${TYPE}, n.nspname, t.typname)) || coalesce((
      select jsonb_agg(${PART('CHECK CONSTRAINT', 'n.nspname', "t.typname || ' ' || k.conname")}) from pg_constraint k where k.contypid = t.oid), '[]')
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${OWN_TYPE} and ${OURS_OUT('t', 'pg_type')}`,

  `select l.oid::text, 'collation', ${NAME('l.collname')},
    concat_ws(' ', l.collprovider, l.collisdeterministic, l.collencoding, to_jsonb(l) - 'oid' - 'collname' - 'collnamespace' - 'collowner' - 'collversion'),
    null, ${PART('COLLATION', 'n.nspname', 'l.collname')}
  from pg_collation l join pg_namespace n on n.oid = l.collnamespace where ${OURS_OUT('l', 'pg_collation')}`,

  `select p.oid::text, case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, ${ROUTINE_NAME},
    case p.prokind when 'a' then (select md5((to_jsonb(a) || to_jsonb(p) - 'proacl' - 'proowner')::text) from pg_aggregate a where a.aggfnoid = p.oid)
      else md5(pg_get_functiondef(p.oid)) end, null, jsonb_build_array(${ROUTINE}, n.nspname, ${SIGNATURE})
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OURS_OUT('p', 'pg_proc')}`,

  `select t.oid::text, 'trigger', t.tgname::text, pg_get_triggerdef(t.oid) || t.tgenabled::text, t.tgrelid::text,
    ${PART('TRIGGER', 'n.nspname', "c.relname || ' ' || t.tgname")}
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where not t.tgisinternal and t.tgname !~ '^canary_rehearsal' and ${OURS_OUT('c', 'pg_class')}`,

  `select e.oid::text, 'event trigger', e.evtname::text, concat_ws(' ', e.evtevent, e.evtfoid::regprocedure, e.evtenabled, array_to_string(e.evttags, ',')),
    null, ${PART('EVENT TRIGGER', "'-'", 'e.evtname')}
  from pg_event_trigger e where e.evtname !~ '^canary_rehearsal'`,

  `select r.oid::text, 'rule', r.rulename::text, pg_get_ruledef(r.oid) || r.ev_enabled::text, r.ev_class::text,
    ${PART('RULE', 'n.nspname', "c.relname || ' ' || r.rulename")}
  from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
  where r.rulename <> '_RETURN' and ${OURS_OUT('c', 'pg_class')}`,

  `select p.oid::text, 'policy', p.polname::text, concat_ws(E'\\n', p.polcmd, p.polpermissive,
      (select string_agg(coalesce(r.rolname, 'public'), ',' order by 1) from unnest(p.polroles) u left join pg_roles r on r.oid = u),
      pg_get_expr(p.polqual, p.polrelid), '--', pg_get_expr(p.polwithcheck, p.polrelid)), p.polrelid::text,
    ${PART('POLICY', 'n.nspname', "c.relname || ' ' || p.polname")}
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace`,

  `select c.oid || ' rls', 'policy', 'row level security', c.relforcerowsecurity::text, c.oid::text,
    jsonb_build_array(${PART('ROW SECURITY', 'n.nspname', 'c.relname')}, ${PART('TABLE', 'n.nspname', 'c.relname', "'row security'")})
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relrowsecurity and ${OURS_OUT('c', 'pg_class')}`,

  `select e.oid::text, 'extension', e.extname::text, e.extversion || ' ' || e.extnamespace, null, ${PART('EXTENSION', "'-'", 'e.extname')}
  from pg_extension e`,

  `select p.oid::text, 'publication', p.pubname::text, (to_jsonb(p) - 'oid' - 'pubname' - 'pubowner')::text || coalesce((
      select string_agg((to_jsonb(r) - 'oid')::text, ',' order by r.prrelid) from pg_publication_rel r where r.prpubid = p.oid), ''), null,
    jsonb_build_array(${PART('PUBLICATION', "'-'", 'p.pubname')}) || coalesce((
      select jsonb_agg(${PART('PUBLICATION TABLE', 'n.nspname', "p.pubname || ' ' || c.relname")})
      from pg_publication_rel r join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace where r.prpubid = p.oid), '[]')
  from pg_publication p`,

  `select s.oid::text, 'subscription', s.subname::text, md5((to_jsonb(s) - 'oid' - 'subname' - 'subowner' - 'subskiplsn')::text), null,
    ${PART('SUBSCRIPTION', "'-'", 's.subname')}
  from pg_subscription s where s.subdbid = (select oid from pg_database where datname = current_database())`,

  `select i.inhrelid || ' ' || i.inhparent, 'parent', (select ${NAME('c.relname')} from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = i.inhparent),
    coalesce(pg_get_expr(c.relpartbound, c.oid), ''), c.oid::text,
    jsonb_build_array(${PART('TABLE ATTACH', 'n.nspname', 'c.relname')}, ${PART('TABLE', 'n.nspname', 'c.relname')})
  from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and ${OURS_OUT('c', 'pg_class')}`,

  `select s.oid::text, 'statistics', ${NAME('s.stxname')}, concat_ws(' ', pg_get_statisticsobjdef(s.oid), to_jsonb(s)->>'stxstattarget'), s.stxrelid::text,
    ${PART('STATISTICS', 'n.nspname', 's.stxname')}
  from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace`,

  ...STORAGE,

  `select c.oid || ' owner', 'owner', '', pg_get_userbyid(c.relowner), c.oid::text,
    jsonb_build_array(jsonb_build_array(${RELATION}, n.nspname, c.relname, 'owner')) || coalesce((
      select jsonb_agg(${PART('SEQUENCE', 'n.nspname', 'x.relname', "'owner'")}) from bound b join pg_class x on x.oid = b.objid
      where b.refobjid = c.oid), '[]')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relpersistence <> 't' and ${OURS_OUT('c', 'pg_class')}
    and not exists (select from bound b where b.objid = c.oid)`,
  `select p.oid || ' owner', 'owner', '', pg_get_userbyid(p.proowner), p.oid::text, jsonb_build_array(${ROUTINE}, n.nspname, ${SIGNATURE}, 'owner')
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OURS_OUT('p', 'pg_proc')}`,
  `select t.oid || ' owner', 'owner', '', pg_get_userbyid(t.typowner), t.oid::text, jsonb_build_array(${TYPE}, n.nspname, t.typname, 'owner')
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${OWN_TYPE} and ${OURS_OUT('t', 'pg_type')}`,
  `select n.oid || ' owner', 'owner', '', pg_get_userbyid(n.nspowner), n.oid::text, ${PART('SCHEMA', "'-'", 'n.nspname', "'owner'")}
  from pg_namespace n where ${OURS_OUT('n', 'pg_namespace')}`,

  ...GRANTS,
];

/** The objects of a database, as JSON rows. */
export const OBJECTS = `
with bound as materialized (
  select d.objid, d.refobjid, d.refobjsubid, d.deptype from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')),
objects(id, kind, name, definition, owner, parts) as (
${KINDS.join('\nunion all\n')})
select json_build_object('id', id, 'kind', kind, 'name', name, 'definition', coalesce(definition, ''), 'table', owner,
  'parts', case when jsonb_typeof(parts->0) = 'array' then parts else jsonb_build_array(parts) end)
from objects order by kind, name;`;
