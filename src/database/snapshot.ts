/**
 * The state of a database at one moment, in the same form for every kind of server. An id stays the
 * same when an object is renamed, but not when it is recreated (an oid if the server has one).
 * Names are as written in a statement.
 */
export interface Snapshot {
  tables: readonly Table[];
  objects: readonly DatabaseObject[];
}

export interface Table {
  id: string;
  /** Without the schema if it is the default one. */
  name: string;
  /** Changes when all rows are rewritten or removed, such as a file node. */
  storage: string;
  rows: number;
  columns: readonly Column[];
  /** Without the indexes that belong to a constraint. */
  indexes: readonly Index[];
  constraints: readonly Constraint[];
}

export interface Column {
  id: string;
  name: string;
  /** In the server's notation, such as `character varying(50)`. */
  type: string;
  isNullable: boolean;
  /** Whether a row that does not name the column gets a value: default, identity, generated. */
  hasDefault: boolean;
}

export interface Index {
  id: string;
  name: string;
  isUnique: boolean;
  definition: string;
}

export interface Constraint {
  name: string;
  kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclusion';
  definition: string;
}

/** Any other named object. */
export interface DatabaseObject {
  id: string;
  kind:
    | 'schema'
    | 'view'
    | 'materialized view'
    | 'sequence'
    | 'type'
    | 'function'
    | 'procedure'
    | 'event'
    | 'trigger'
    | 'policy'
    | 'extension'
    | 'grant';
  name: string;
  /** For an enumeration its values, for a grant what it allows, one per line. */
  definition: string;
  /** The id of the table that it belongs to and is dropped with. */
  table?: string | undefined;
}
