import { OURS_OUT } from './names.ts';

interface Granted {
  from: string;
  where?: string;
  id: string;
  acl: string;
  owner: string;
  /** What belongs to it; `null` for objects that are not reported. */
  on: string;
  /** Before the privilege, where `on` does not say it. */
  name?: string;
  parts: string;
}

/**
 * Rights on one sort of object. Missing rights stand for the usual ones; an owner's are named so, as
 * they move to the next owner.
 */
function granted({ from, where, id, acl, owner, on, name, parts }: Granted): string {
  return `select ${id} || ' ' || a.privilege_type || ' ' || case when a.grantee = ${owner} then 'owner' else a.grantee::text end, 'grant',
    ${name ? `${name} || ' ' || ` : ''}a.privilege_type || ' to ' || case when a.grantee = ${owner} then 'its owner' else coalesce(r.rolname::text, 'public') end,
    case when a.is_grantable then 'may be used' || E'\\n' || 'and passed on' else 'may be used' end, ${on}, ${parts}
  from ${from}, aclexplode(${acl}) a left join pg_roles r on r.oid = a.grantee${where ? `\n  where ${where}` : ''}`;
}

/** Relations and columns are headed by the same words, except sequences. */
const RELATION = "case c.relkind when 'S' then 'SEQUENCE ' else 'TABLE ' end || c.relname";

export const GRANTS: readonly string[] = [
  granted({
    from: 'pg_class c join pg_namespace n on n.oid = c.relnamespace',
    where: `c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relpersistence <> 't' and ${OURS_OUT('c', 'pg_class')}`,
    id: 'c.oid',
    acl: "coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::\"char\", c.relowner))",
    owner: 'c.relowner',
    on: 'c.oid::text',
    parts: `jsonb_build_array('ACL', n.nspname, ${RELATION})`,
  }),
  granted({
    from: 'pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute k on k.attrelid = c.oid and not k.attisdropped and k.attacl is not null',
    where: OURS_OUT('c', 'pg_class'),
    id: "c.oid || ' ' || k.attnum",
    acl: 'k.attacl',
    owner: 'c.relowner',
    on: 'c.oid::text',
    name: "'column ' || k.attname",
    parts: `jsonb_build_array('ACL', n.nspname, 'COLUMN ' || c.relname || '.' || k.attname)`,
  }),
  granted({
    from: 'pg_namespace n',
    where: "n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'canary_rehearsal')",
    id: 'n.oid',
    acl: "coalesce(n.nspacl, acldefault('n', n.nspowner))",
    owner: 'n.nspowner',
    on: 'n.oid::text',
    parts: "jsonb_build_array('ACL', '-', 'SCHEMA ' || n.nspname)",
  }),
  granted({
    from: 'pg_proc p join pg_namespace n on n.oid = p.pronamespace',
    where: OURS_OUT('p', 'pg_proc'),
    id: 'p.oid',
    acl: "coalesce(p.proacl, acldefault('f', p.proowner))",
    owner: 'p.proowner',
    on: 'p.oid::text',
    // Versions differ in how they name a function there.
    parts: `(select jsonb_agg(jsonb_build_array('ACL', n.nspname, w.word || p.proname || '(' || s.arguments || ')'))
      from (values ('FUNCTION '), ('PROCEDURE '), ('AGGREGATE ')) w(word),
        (values (oidvectortypes(p.proargtypes)), (pg_get_function_identity_arguments(p.oid)), (pg_get_function_arguments(p.oid))) s(arguments))`,
  }),
  granted({
    from: 'pg_type t join pg_namespace n on n.oid = t.typnamespace',
    where: `t.typtype in ('e', 'd', 'r') and ${OURS_OUT('t', 'pg_type')}`,
    id: 't.oid',
    acl: "coalesce(t.typacl, acldefault('T', t.typowner))",
    owner: 't.typowner',
    on: 't.oid::text',
    parts: "jsonb_build_array('ACL', n.nspname, 'TYPE ' || t.typname)",
  }),
  granted({
    from: 'pg_language l',
    id: 'l.oid',
    acl: "coalesce(l.lanacl, acldefault('l', l.lanowner))",
    owner: 'l.lanowner',
    on: 'null',
    name: "'language ' || l.lanname",
    parts: "jsonb_build_array('ACL', '-', 'LANGUAGE ' || l.lanname)",
  }),
  `select d.oid || ' ' || a.privilege_type || ' ' || a.grantee, 'default privilege',
    a.privilege_type || ' on ' || case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end
      || coalesce(' in ' || n.nspname, '') || ' to ' || coalesce(r.rolname::text, 'public') || ' by ' || pg_get_userbyid(d.defaclrole),
    a.is_grantable::text, null, (select jsonb_agg(jsonb_build_array('DEFAULT ACL', coalesce(n.nspname, '-'), 'DEFAULT PRIVILEGES FOR ' || w.word))
      from (values ('TABLES'), ('SEQUENCES'), ('FUNCTIONS'), ('TYPES'), ('SCHEMAS')) w(word)
      where w.word = case d.defaclobjtype when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'FUNCTIONS' when 'T' then 'TYPES' else 'SCHEMAS' end)
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a left join pg_roles r on r.oid = a.grantee`,
];

/** Rights on databases: read once for the server. */
export const DATABASE_GRANTS = granted({
  from: 'pg_database d',
  id: "d.datname || ' database'",
  acl: "coalesce(d.datacl, acldefault('d', d.datdba))",
  owner: 'd.datdba',
  on: "d.datname || ' database'",
  parts: "jsonb_build_array('ACL', '-', 'DATABASE ' || d.datname)",
});
