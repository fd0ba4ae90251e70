import type { ServerContainer } from '../server-kind.ts';
import { literal, quoted, rowsOf } from './client.ts';

/** Tables that hold rows themselves, with the columns that can be written. */
const TABLES = `
select json_build_object(
  'name', format('%I.%I', n.nspname, c.relname),
  'columns', (
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and c.relpersistence <> 't'
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by c.oid;`;

/** Sequences continue where they are. */
const SEQUENCES = `
select json_build_object('name', format('%I.%I', schemaname, sequencename), 'last', last_value::text)
from pg_sequences where last_value is not null;`;

/**
 * A script for psql on the original that prints a script for psql on the copy: some rows of every table, all of one
 * moment, none if `rows` is 0. `undefined` if there is no table. Foreign keys are not followed, so they are not checked either.
 */
export async function sampleScript(
  original: ServerContainer,
  database: string,
  rows: number,
): Promise<string | undefined> {
  type TableRow = { name: string; columns: string | null };
  const tables = await rowsOf<TableRow>(original, database, TABLES);
  if (tables.length === 0) return undefined;
  const sequences = await rowsOf<{ name: string; last: string }>(original, database, SEQUENCES);
  return [
    'begin isolation level repeatable read, read only;',
    say('set session_replication_role = replica;'),
    ...tables.flatMap(({ name, columns }) => {
      if (!columns || rows === 0) return [];
      return [
        say(`copy ${name} (${columns}) from stdin;`),
        `copy (select ${columns} from only ${name} limit ${rows}) to stdout;`,
        say('\\.'),
      ];
    }),
    ...sequences.map(({ name, last }) =>
      say(`select pg_catalog.setval(${literal(name)}, ${last});`),
    ),
    'commit;',
    '',
  ].join('\n');
}

/** A line of the script for the copy. */
function say(line: string): string {
  return `\\echo ${quoted(line)}`;
}
