import { SCHEMA } from './names.ts';

/** A piece of a dump: its names from the outermost to the innermost, what it is in words, its text. */
export interface DumpPart {
  key: readonly string[];
  name: string;
  text: string;
}

/** What stands before each entry of a dump. */
const HEADER = /^-- Name: (.*); Type: (.*?); Schema: (.*?); Owner: .*?(?:; Tablespace: (.*))?$/;

/** Differs from dump to dump, or stands between entries and belongs to none. */
const FRAME =
  /^(--( PostgreSQL database .*| Dumped .*| Database ".*| (Roles|User Configurations|User Config .*|Role memberships|Databases|Tablespaces|Role privileges on configuration parameters))?|\\(un)?restrict .*|\\connect .*|SET (statement_timeout|lock_timeout|idle_in_transaction_session_timeout|transaction_timeout|client_encoding|standard_conforming_strings|check_function_bodies|xmloption|client_min_messages|row_security|default_tablespace|default_table_access_method|default_transaction_read_only|default_with_oids) ?=.*|SELECT pg_catalog\.set_config\('search_path', '', false\);)$/;

/** A name as SQL writes it. */
const NAME = String.raw`"(?:[^"]|"")*"|[^\s";(),]+`;

/** The parts of what `pg_dump` prints for a database. */
export function partsOfDump(text: string, database: string): DumpPart[] {
  const parts: DumpPart[] = [];
  let entry = { type: '', schema: '-', name: database, lines: [] as string[] };
  const close = () => parts.push(...partsOfEntry(entry, database));
  for (const line of text.split('\n')) {
    const header = HEADER.exec(line);
    if (header) {
      close();
      const [, name = '', type = '', schema = '', tablespace = ''] = header;
      entry = { type, schema, name, lines: tablespace ? [`TABLESPACE ${tablespace}`] : [] };
    } else if (!FRAME.test(line) && line !== '') entry.lines.push(line);
  }
  close();
  return parts;
}

interface Entry {
  type: string;
  schema: string;
  name: string;
  lines: readonly string[];
}

function partsOfEntry({ type, schema, name, lines }: Entry, database: string): DumpPart[] {
  if (lines.length === 0 || isOwn({ type, schema, name })) return [];
  const place = type.startsWith('DATABASE') || name.startsWith('DATABASE ') ? '' : database;
  const inner = INNER[type] ?? ownerOnly;
  const byPart = new Map<string, string[]>();
  for (const [part, line] of inner(lines)) byPart.set(part, [...(byPart.get(part) ?? []), line]);
  return [...byPart].map(([part, own]) => ({
    key: [place, type, schema, name, ...(part === '' ? [] : [part])],
    name: `${type.toLowerCase()} ${name}`,
    // Their order is that of the server, which says nothing, except where it is one statement.
    text: own.join('\n'),
  }));
}

/** What canary itself has created in a copy. */
function isOwn({ type, schema, name }: Omit<Entry, 'lines'>): boolean {
  if (schema === SCHEMA || name.endsWith(` ${SCHEMA}`)) return true;
  if (type === 'SCHEMA') return name === SCHEMA;
  if (type === 'EVENT TRIGGER') return name.startsWith(`${SCHEMA}_`);
  return type === 'TRIGGER' && new RegExp(` ${SCHEMA}_(delete|update|truncate)$`).test(name);
}

type Inner = (lines: readonly string[]) => [part: string, line: string][];

const OWNER = /^ALTER .* OWNER TO /;

const ownerOnly: Inner = (lines) => lines.map((line) => [OWNER.test(line) ? 'owner' : '', line]);

const INDEX: Inner = (lines) =>
  lines.map((line) => [
    / CLUSTER ON |ALTER COLUMN .* SET STATISTICS/.test(line) ? 'storage options' : '',
    line,
  ]);

const PROPERTIES: Inner = (lines) =>
  lines.map((line) => {
    const [, role, setting] =
      new RegExp(
        `^ALTER (?:DATABASE (?:${NAME})|ROLE (${NAME}) IN DATABASE (?:${NAME})) SET (${NAME}) TO `,
      ).exec(line) ?? [];
    if (setting === undefined) return ['attributes', line];
    return [`setting ${bare(setting)}${role === undefined ? '' : ` of ${bare(role)}`}`, line];
  });

const SEQUENCE: Inner = (lines) =>
  lines.flatMap((line): [string, string][] => {
    const created = /^CREATE UNLOGGED (SEQUENCE .*)$/.exec(line);
    if (created)
      return [
        ['persistence', 'UNLOGGED'],
        ['', `CREATE ${created[1]}`],
      ];
    return ownerOnly([line]);
  });

/** By the beginning of a line of a table after its columns. */
const TABLE_LINES: readonly [RegExp, string][] = [
  [OWNER, 'owner'],
  [/^ALTER TABLE .* REPLICA IDENTITY /, 'replica identity'],
  [/^ALTER TABLE .* FORCE ROW LEVEL SECURITY;/, 'row security'],
  [
    /^(ALTER TABLE .* ALTER COLUMN .* SET (STORAGE|COMPRESSION|STATISTICS|\()|WITH \(|TABLESPACE |ALTER TABLE .* CLUSTER ON )/,
    'storage options',
  ],
];

const TABLE: Inner = (lines) =>
  lines.flatMap((line): [string, string][] => {
    const created = /^CREATE (UNLOGGED )?TABLE (.*)$/.exec(line);
    if (created)
      return [
        ['persistence', created[1] ?? 'LOGGED'],
        ['', `TABLE ${created[2]}`],
      ];
    const ruled = new RegExp(`^    CONSTRAINT (${NAME}) `).exec(line);
    const text = line.replace(/,$/, '');
    if (ruled?.[1]) return [[`constraint ${bare(ruled[1])}`, text]];
    const column = new RegExp(`^    (${NAME}) `).exec(line);
    if (column?.[1]) return [[`column ${bare(column[1])}`, text]];
    // What closes the list of columns says nothing itself.
    if (/^\);?$/.test(line)) return [];
    const known = TABLE_LINES.find(([pattern]) => pattern.test(line));
    return [[known?.[1] ?? '', line.replace(/;$/, '')]];
  });

const INNER: Readonly<Record<string, Inner>> = {
  TABLE,
  SEQUENCE,
  'DATABASE PROPERTIES': PROPERTIES,
  INDEX,
  CONSTRAINT: INDEX,
};

/** The parts of what `pg_dumpall` prints for a server. */
export function partsOfGlobals(text: string): DumpPart[] {
  const role = new RegExp(`^(?:CREATE|ALTER) ROLE (${NAME})(?: SET (${NAME}) TO |[ ;])`);
  const member = new RegExp(`^GRANT (${NAME}) TO (${NAME})[ ;]`);
  return text.split('\n').flatMap((line): DumpPart[] => {
    if (line === '' || FRAME.test(line)) return [];
    const [, name, setting] = role.exec(line) ?? [];
    if (name !== undefined) {
      const part = setting === undefined ? 'attributes' : `setting ${bare(setting)}`;
      const key = ['', 'ROLE', '-', bare(name), part];
      return [{ key, name: `role ${bare(name)}`, text: line }];
    }
    const [, group, of] = member.exec(line) ?? [];
    if (group === undefined || of === undefined)
      return [{ key: ['', 'SERVER', '-', line], name: 'the server', text: line }];
    const both = `${bare(group)} of ${bare(of)}`;
    return [{ key: ['', 'MEMBERSHIP', '-', both], name: `membership ${both}`, text: line }];
  });
}

/** A name as the catalogs hold it. */
function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
