import type { InContainer } from '../../system/docker/container-ends.ts';
import type { ServerContainer } from '../server-kind.ts';
import { inShell, USER_SCHEMAS } from './client.ts';

/** A shell that is asked to end ends the dump first, and waits for its end. */
const DUMP = `
dump() {
  program=$(find_one mariadb-dump mysqldump) || exit
  case "$("$program" --version)" in
    *MariaDB*) ;;
    *) set -- --set-gtid-purged=OFF "$@" ;;
  esac
  "$program" --user=root --host=localhost --default-character-set=utf8mb4 --max-allowed-packet=1G \\
    --single-transaction --skip-lock-tables --hex-blob --no-tablespaces --triggers "$@" &
  dumping=$!
  trap 'kill "$dumping" 2>/dev/null' TERM
  wait "$dumping"
  code=$?
  trap - TERM
  wait "$dumping" 2>/dev/null
  return "$code"
}`;

/** What `usualSchema` (catalogue.ts) finds is looked up inside the container, when it runs. */
const TABLES = `
tables() {
  schema=\${1:-$(setting DATABASE)}
  : "\${schema:=$(client --batch --skip-column-names --execute="SELECT MIN(schema_name) FROM information_schema.schemata WHERE schema_name ${USER_SCHEMAS}")}"
  shift
  printf 'USE \`%s\`;\\n' "$(printf %s "$schema" | sed 's/\`/\`\`/g')"
  dump -- "$schema" "$@" || exit
}`;

/**
 * The server's dump program, online and without a lock: all rows in InnoDB are of one moment. MyISAM tables are read
 * one after the other, as they are then.
 */
export function dumpProgram(container: string, args: readonly string[]): InContainer {
  return inShell(container, `${DUMP}\ndump "$@"`, args);
}

/**
 * Its output restores tables with their rows and triggers, for each database as they are at one moment; a table
 * without a database belongs to the usual one.
 */
export function dumpTables({ container }: ServerContainer, tables: readonly string[]): InContainer {
  const groups = new Map<string, string[]>();
  for (const table of tables) {
    const dot = table.indexOf('.');
    const schema = table.slice(0, Math.max(dot, 0));
    groups.set(schema, [...(groups.get(schema) ?? [schema]), table.slice(dot + 1)]);
  }
  let next = 0;
  const calls = [...groups.values()].map(
    (group) => `tables ${group.map(() => `"\${${++next}}"`).join(' ')}`,
  );
  return inShell(container, [DUMP, TABLES, ...calls].join('\n'), [...groups.values()].flat());
}
