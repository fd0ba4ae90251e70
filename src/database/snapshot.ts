/**
 * What a database looks like at one moment, the same for every kind of server. Ids stay when something is renamed and
 * not when it is made anew (an oid where the server has such); names are as people write them in a statement.
 */
export interface Snapshot {
  tables: readonly Table[];
  objects: readonly DatabaseObject[];
}

export interface Table {
  id: string;
  /** Without the schema where that is the usual one. */
  name: string;
  /** Changes when all of its rows are written anew or thrown away, such as a file node. */
  storage: string;
  rows: number;
  columns: readonly Column[];
  /** Without those that a constraint brings along. */
  indexes: readonly Index[];
  constraints: readonly Constraint[];
}

export interface Column {
  id: string;
  name: string;
  /** As the server writes it, such as `character varying(50)`. */
  type: string;
  isNullable: boolean;
  /** A row that does not name the column gets a value: default, identity, generated. */
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

/** Anything else that has a name. */
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
  /** Of an enumeration its values, of a grant what it allows, each on a line. */
  definition: string;
  /** The id of the table it belongs to and goes away with. */
  table?: string | undefined;
}
