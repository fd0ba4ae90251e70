import type { AskedStatement, Prepared } from '../../database/asked.ts';
import type { ServerContainer } from '../server-kind.ts';
import { databasesOf, literal, rowsOf } from './client.ts';

/** The `search_path` that a role has in this database, unless the server's own settings say another. */
const SETTING = (role: string, database: string) => `(
  select substr(c.item, 13) from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) c(item)
  where s.setrole = ${role} and s.setdatabase = ${database} and c.item like 'search_path=%')`;
const ROLE = '(select r.oid from pg_catalog.pg_roles r where r.rolname = each.role)';
const DATABASE =
  '(select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())';
const SEARCH_PATH = `coalesce(${SETTING(ROLE, DATABASE)}, ${SETTING(ROLE, '0')}, ${SETTING('0', DATABASE)}, '"$user", public')`;

/**
 * Prepares statements as the role that sends them, with that role's rights and path, and explains them without running
 * them. A function of this session alone; what a statement could do nevertheless is rolled back.
 */
const TRY = `
create function pg_temp.canary_try(asked jsonb) returns setof json language plpgsql as $canary$
declare
  each record;
  parameters int;
  types text;
  output text;
  state text;
  message text;
begin
  for each in
    select a.number, a.value->>'text' as text, a.value->>'role' as role
    from pg_catalog.jsonb_array_elements(asked) with ordinality a(value, number)
  loop
    types := null; output := null; state := null; message := null;
    begin
      perform pg_catalog.set_config('search_path', ${SEARCH_PATH}, true);
      perform pg_catalog.set_config('role', each.role, true);
      execute 'prepare canary_asked as ' || each.text;
      select cardinality(p.parameter_types), pg_catalog.to_jsonb(p)->>'result_types' into parameters, types
        from pg_catalog.pg_prepared_statements p where p.name = 'canary_asked';
      for output in execute 'explain (verbose, costs off) execute canary_asked'
        || case when parameters > 0 then '(' || pg_catalog.rtrim(pg_catalog.repeat('null,', parameters), ',') || ')' else '' end
      loop
        exit when output like '  Output: %';
        -- The first line names the outermost part; what follows later is of its parts.
        if output like ' %' then output := null; exit; end if;
      end loop;
    exception when others then
      get stacked diagnostics state = returned_sqlstate, message = message_text;
    end;
    perform pg_catalog.set_config('role', 'none', true);
    if exists (select from pg_catalog.pg_prepared_statements p where p.name = 'canary_asked') then
      execute 'deallocate canary_asked';
    end if;
    return next pg_catalog.json_build_object('types', types, 'output', output, 'state', state, 'message', message);
  end loop;
end $canary$;`;

interface Row {
  types: string | null;
  output: string | null;
  state: string | null;
  message: string | null;
}

/** What becomes of these statements now, in their order; nothing of one whose database is gone is known. */
export async function preparedOn(
  copy: ServerContainer,
  statements: readonly AskedStatement[],
): Promise<Prepared[]> {
  const there = await databasesOf(copy);
  const found = new Map<AskedStatement, Prepared>();
  for (const database of there) {
    const own = statements.filter((each) => each.database === database);
    if (own.length === 0) continue;
    const asked = JSON.stringify(own.map(({ text, role }) => ({ text, role })));
    const sql = [
      `${TRY}\nbegin read only;`,
      "set local lock_timeout = '2s'; set local statement_timeout = '60s'; set local plan_cache_mode = force_generic_plan;",
      `select * from pg_temp.canary_try(${literal(asked)}::jsonb);`,
      'rollback;',
    ].join('\n');
    const rows = await rowsOf<Row>(copy, database, sql);
    for (const [at, each] of own.entries()) found.set(each, preparedBy(rows[at]));
  }
  return statements.map((each) => found.get(each) ?? { problem: '' });
}

/** Classes of failures in which names stand, and no values. */
const NAMED = /^42/;
/** It had to wait, or was cut off: that says nothing about the statement. */
const UNKNOWN = /^(55P03|57014|40|53)/;

function preparedBy(row: Row | undefined): Prepared {
  if (!row) return { problem: '' };
  const { types, output, state, message } = row;
  if (state === null)
    return {
      types: types ?? undefined,
      columns: types === null ? columnsIn(output) : membersOf(types),
    };
  if (UNKNOWN.test(state)) return { problem: '' };
  return { problem: NAMED.test(state) ? (message ?? state) : `error ${state}` };
}

/** Members of an array as the server prints it; names of types have no commas outside of brackets. */
function membersOf(array: string): number {
  return array === '{}' ? 0 : outerCommas(array.slice(1, -1)) + 1;
}

function columnsIn(output: string | null): number | undefined {
  return output === null ? undefined : outerCommas(output) + 1;
}

function outerCommas(text: string): number {
  const bare = text.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '');
  let depth = 0;
  let commas = 0;
  for (const sign of bare) {
    if (/[([{]/.test(sign)) depth += 1;
    else if (/[)\]}]/.test(sign)) depth -= 1;
    else if (sign === ',' && depth === 0) commas += 1;
  }
  return commas;
}
