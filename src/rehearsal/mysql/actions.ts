import { ownValue } from '../../config/values/by-name.ts';
import { Cursor, type Naming, tokensOf } from './cursor.ts';

/** What a statement does to the database, as far as it matters to a rehearsal; tables by their shown names. */
export type Action =
  | { do: 'create'; table: string; replaces: boolean }
  | { do: 'drop' | 'truncate' | 'lock' | 'delete' | 'update'; table: string }
  | { do: 'rename'; table: string; to: string }
  | { do: 'alter'; table: string; columns: readonly ColumnAction[] }
  /** All tables whose shown names begin with it; if it is empty, those without a database. */
  | { do: 'drop schema'; prefix: string }
  /** Anything else that has a name: a view, a trigger, a routine. */
  | { do: 'define'; name: string };

export type ColumnAction =
  | { do: 'add' | 'drop'; column: string }
  | { do: 'rename'; column: string; to: string };

/** Whether it changes rows, and no definition. */
export function changesRows(action: Action): boolean {
  return action.do === 'delete' || action.do === 'update';
}

/** Reads a statement that was sent while `schema` was the default database. Other statements give nothing. */
export function actionsOf(statement: string, schema: string, naming: Naming): Action[] {
  const cursor = new Cursor(tokensOf(statement), schema, naming);
  const verb = cursor.word();
  const read = verb === undefined ? undefined : ownValue(READERS, verb);
  return read ? read(cursor) : [];
}

const READERS: Readonly<Record<string, (cursor: Cursor) => Action[]>> = {
  create: (at) => {
    const replaces = at.skip('or', 'replace');
    if (at.skip('temporary')) return [];
    at.skipTo(...OBJECTS);
    return defined(at, (table) => ({ do: 'create', table, replaces }));
  },
  drop: (at) => {
    if (at.skip('temporary')) return [];
    at.skipTo(...OBJECTS);
    if (at.skip('table', 'if', 'exists') || at.skip('table'))
      return at.tables().map((table) => ({ do: 'drop', table }));
    if (at.peek() === 'database' || at.peek() === 'schema') {
      at.word();
      at.skip('if', 'exists');
      return [{ do: 'drop schema', prefix: at.prefix() }];
    }
    if (at.skip('view', 'if', 'exists') || at.skip('view'))
      return at.tables().map((name) => ({ do: 'define', name }));
    return defined(at, (name) => ({ do: 'define', name }));
  },
  alter: (at) => {
    at.skipTo(...OBJECTS);
    if (at.peek() === 'table') return alterTable(at);
    return defined(at, (name) => ({ do: 'define', name }));
  },
  truncate: (at) => {
    at.skip('table');
    return at.tables().map((table) => ({ do: 'truncate', table }));
  },
  rename: (at) => {
    if (!at.skip('table') && !at.skip('tables')) return [];
    at.skip('if', 'exists');
    return at.list(() => {
      const table = at.table();
      // `WAIT n` may come in between.
      at.skipTo('to');
      at.word();
      return { do: 'rename', table, to: at.table() };
    });
  },
  optimize: (at) => {
    at.skipTo('table', 'tables');
    at.word();
    return at.tables().map((table) => ({ do: 'alter', table, columns: [] }));
  },
  lock: (at) => {
    at.word();
    return at.tables().map((table) => ({ do: 'lock', table }));
  },
  delete: (at) => {
    at.skipAny('low_priority', 'quick', 'ignore');
    // `DELETE a, b FROM …` and `DELETE FROM a, b USING …` name several; what an alias means follows FROM.
    const isPlain = at.skip('from');
    const tables = at.tables();
    if (!isPlain) {
      at.skipTo('from');
      at.word();
      tables.push(...at.joined('where'));
    }
    return tables.map((table) => ({ do: 'delete', table }));
  },
  update: (at) => {
    at.skipAny('low_priority', 'ignore');
    return at.joined('set').map((table) => ({ do: 'update', table }));
  },
  replace: (at) => {
    at.skipAny('low_priority', 'delayed', 'into');
    return [{ do: 'update', table: at.table() }];
  },
  insert: (at) => {
    if (!at.holds('duplicate')) return [];
    at.skipAny('low_priority', 'delayed', 'high_priority', 'ignore', 'into');
    return [{ do: 'update', table: at.table() }];
  },
  load: (at) => {
    at.skipTo('into');
    at.skip('into', 'table');
    return [{ do: 'update', table: at.table() }];
  },
};

const OBJECTS = [
  ...['table', 'view', 'index', 'trigger', 'procedure', 'function', 'event', 'sequence'],
  ...['database', 'schema', 'user', 'role'],
];

/** Reads what follows the kind of object in CREATE, DROP and ALTER. */
function defined(at: Cursor, ofTable: (table: string) => Action): Action[] {
  const kind = at.word();
  at.skip('if', 'not', 'exists');
  at.skip('if', 'exists');
  if (kind === 'table') return [ofTable(at.table())];
  if (kind === 'index') {
    at.name();
    at.skipTo('on');
    at.word();
    return [{ do: 'alter', table: at.table(), columns: [] }];
  }
  if (kind === undefined || kind === 'user' || kind === 'role') return [];
  const isSchema = kind === 'database' || kind === 'schema';
  return [{ do: 'define', name: isSchema ? (at.name() ?? '') : at.table() }];
}

function alterTable(at: Cursor): Action[] {
  at.word();
  at.skip('if', 'exists');
  const table = at.table();
  const parts = at.parts();
  const renamed = parts.map((part) => renamedTo(part)).find((each) => each !== undefined);
  return [
    { do: 'alter', table, columns: parts.flatMap(columnAction) },
    ...(renamed === undefined ? [] : [{ do: 'rename' as const, table, to: renamed }]),
  ];
}

/** `RENAME [TO] name`, which is not `RENAME COLUMN`, `RENAME INDEX` or `RENAME KEY`. */
function renamedTo(part: Cursor): string | undefined {
  const at = part.again();
  if (!at.skip('rename') || ['column', 'index', 'key'].includes(at.peek() ?? '')) return undefined;
  at.skipAny('to', 'as');
  return at.table();
}

/** Words after ADD or DROP that do not name a column. */
const NO_COLUMN = new Set([
  ...['primary', 'foreign', 'index', 'key', 'constraint', 'unique', 'check', 'fulltext'],
  ...['spatial', 'partition', 'period', 'system'],
]);

function columnAction(part: Cursor): ColumnAction[] {
  const at = part.again();
  const verb = at.word();
  const isColumn = at.skip('column');
  at.skip('if', 'not', 'exists');
  at.skip('if', 'exists');
  if (verb === 'change' || (verb === 'rename' && isColumn)) {
    const column = at.name() ?? '';
    at.skip('to');
    return [{ do: 'rename', column, to: at.name() ?? '' }];
  }
  if (verb !== 'add' && verb !== 'drop') return [];
  if (!isColumn && NO_COLUMN.has(at.peek() ?? '')) return [];
  if (!at.opens()) return [{ do: verb, column: at.name() ?? '' }];
  // `ADD (a INT, b INT)`
  return at.parts().map((each) => ({ do: verb, column: each.name() ?? '' }));
}
