import { DATABASE_GRANTS } from './grants.ts';

/** Objects of the server, not of one of its databases: id, kind, name, definition, what it belongs to, parts. */
const KINDS = [
  `select d.datname || ' database', 'database', d.datname::text,
    (to_jsonb(d) - array['oid', 'datname', 'datdba', 'datacl', 'datfrozenxid', 'datminmxid', 'datlastsysoid', 'dathasloginevt', 'datcollversion'])::text, null,
    jsonb_build_array(jsonb_build_array('DATABASE', '-', d.datname), jsonb_build_array('DATABASE PROPERTIES', '-', d.datname, 'attributes'))
  from pg_database d`,

  `select d.datname || ' database owner', 'owner', '', pg_get_userbyid(d.datdba), d.datname || ' database',
    jsonb_build_array('DATABASE', '-', d.datname, 'owner')
  from pg_database d`,

  `select r.oid || ' role', 'role', r.rolname::text,
    (to_jsonb(r) - array['oid', 'rolname', 'rolpassword', 'rolconfig'])::text, null,
    jsonb_build_array('ROLE', '-', r.rolname, 'attributes')
  from pg_roles r where r.rolname !~ '^pg_'`,

  `select m.roleid || ' ' || m.member || ' membership', 'membership', pg_get_userbyid(m.roleid) || ' of ' || pg_get_userbyid(m.member),
    string_agg((to_jsonb(m) - array['oid', 'grantor'])::text, ',' order by m.grantor), null,
    jsonb_build_array('MEMBERSHIP', '-', pg_get_userbyid(m.roleid) || ' of ' || pg_get_userbyid(m.member))
  from pg_auth_members m where pg_get_userbyid(m.member) !~ '^pg_' group by m.roleid, m.member`,

  `select concat_ws(' ', s.setdatabase, s.setrole, split_part(c.item, '=', 1), 'setting'), 'setting',
    split_part(c.item, '=', 1) || case when s.setrole <> 0 and s.setdatabase <> 0 then ' in database ' || d.datname else '' end,
    substr(c.item, strpos(c.item, '=') + 1),
    case when s.setrole <> 0 then s.setrole || ' role' when s.setdatabase <> 0 then d.datname || ' database' end,
    case when s.setdatabase = 0 then jsonb_build_array('ROLE', '-', pg_get_userbyid(s.setrole), 'setting ' || split_part(c.item, '=', 1))
      else jsonb_build_array('DATABASE PROPERTIES', '-', d.datname, 'setting ' || split_part(c.item, '=', 1)
        || case when s.setrole = 0 then '' else ' of ' || pg_get_userbyid(s.setrole) end) end
  from pg_db_role_setting s left join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) c(item)`,

  DATABASE_GRANTS,
];

/** Only for those who may read passwords: they stay in the server, only salted digests of them leave it. */
const SECRET_KINDS = (salt: string) => [
  `select a.oid || ' password', 'password', '', encode(sha256(convert_to('${salt}' || coalesce(a.rolpassword, ''), 'UTF8')), 'hex'), a.oid || ' role',
    jsonb_build_array('ROLE', '-', a.rolname, 'password')
  from pg_authid a where a.rolname !~ '^pg_'`,

  `select f.name || ' of the server', 'setting', f.name || ' of the server', f.setting, null, jsonb_build_array('SERVER', '-', f.name)
  from pg_file_settings f where f.sourcefile ~ 'postgresql.auto.conf$'`,
];

const rows = (kinds: readonly string[]) => `
select json_build_object('id', id, 'kind', kind, 'name', name, 'definition', coalesce(definition, ''), 'table', owner,
  'parts', case when jsonb_typeof(parts->0) = 'array' then parts else jsonb_build_array(parts) end)
from (${kinds.join('\nunion all\n')}) objects(id, kind, name, definition, owner, parts) order by kind, name;`;

/** The objects of a server, as JSON rows. `salt`: hexadecimal, and the same for what is compared. */
export function globals(salt: string): string {
  return `${rows(KINDS)}
select has_table_privilege('pg_catalog.pg_authid', 'select') as canary_reads \\gset
\\if :canary_reads
${rows(SECRET_KINDS(salt))}
\\endif`;
}
