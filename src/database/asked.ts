/** A statement that programs of production send to a database. */
export interface AskedStatement {
  text: string;
  database: string;
  role: string;
  /** How often it ran, as the server counted; `undefined` if it was only seen running. */
  calls: number | undefined;
}

/** What became of preparing a statement on a copy. */
export interface Prepared {
  /** Why it could not be prepared; an empty text if the copy could not tell. */
  problem?: string | undefined;
  /** How many columns its result has, if that is known. */
  columns?: number | undefined;
  /** Their types, if the server tells. */
  types?: string | undefined;
}

/** A statement, and what became of it on the copy before and after a boot. */
export interface TriedStatement extends AskedStatement {
  before: Prepared;
  after: Prepared;
}

/** What production asks, as far as it can be known. */
export interface Asked {
  statements: readonly AskedStatement[];
  /** Why nothing is known of some or all. */
  problem?: string | undefined;
}
