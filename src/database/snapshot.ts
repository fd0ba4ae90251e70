import type { ObjectKindName } from './object-kinds.ts';

/**
 * The state of a database at one moment, in the same form for every kind of server. An id stays the
 * same when an object is renamed, but not when it is recreated (an oid if the server has one).
 * Names are as written in a statement.
 */
export interface Snapshot {
  tables: readonly Table[];
  objects: readonly DatabaseObject[];
}

/** What a snapshot names. */
interface Described {
  /** The keys of what the server's tools print about it: see `definition.ts`. */
  parts?: readonly string[];
}

export interface Table extends Described {
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

export interface Column extends Described {
  id: string;
  name: string;
  /** In the server's notation, such as `character varying(50)`. */
  type: string;
  isNullable: boolean;
  /** Whether a row that does not name the column gets a value: default, identity, generated. */
  hasDefault: boolean;
  /** The expression of its default; may be a secret. */
  default?: string | undefined;
  /** The expression from which its values are computed. */
  generated?: string | undefined;
  /** How it is numbered, such as `always` for an identity column. */
  identity?: string | undefined;
  collation?: string | undefined;
}

export interface Index extends Described {
  id: string;
  name: string;
  isUnique: boolean;
  definition: string;
  /** Whether it is broken or unfinished: rules of it may not hold. */
  isInvalid?: boolean | undefined;
}

export interface Constraint extends Described {
  name: string;
  kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclusion';
  definition: string;
  /** Whether rows are not checked or were not all checked. */
  isUnchecked?: boolean | undefined;
}

/** Any other named object. */
export interface DatabaseObject extends Described {
  id: string;
  kind: ObjectKindName;
  name: string;
  /**
   * For an enumeration its values, for a grant what it allows, one per line; for the others what
   * `compare/object-rules.ts` says, or any text that differs when they do.
   */
  definition: string;
  /** The name of what statements change in its place, such as a sequence for the next number of a column. */
  source?: string | undefined;
  /** The id of the table or other object that it belongs to and is dropped with. */
  table?: string | undefined;
}
