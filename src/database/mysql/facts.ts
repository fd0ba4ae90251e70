/** What a server of MySQL's kind tells about its databases, one line of JSON each. */
export type Fact =
  | { is: 'schema'; name: string }
  | { is: 'table'; schema: string; name: string; type: string; updated: number }
  /** The number that InnoDB gives to a table; its path is written for files. */
  | { is: 'number'; path: string; number: number }
  | {
      is: 'column';
      schema: string;
      table: string;
      name: string;
      type: string;
      charset: string | null;
      isNullable: number;
      hasDefault: number;
      extra: string;
    }
  | IndexColumn
  | {
      is: 'foreign key';
      schema: string;
      table: string;
      name: string;
      column: string;
      definition: string;
    }
  | { is: 'check'; schema: string; table: string; name: string; definition: string }
  | { is: 'object'; kind: ObjectKind; schema: string; name: string; definition: string }
  | { is: 'trigger'; schema: string; table: string; name: string; definition: string }
  | { is: 'grant'; account: string; on: string; privilege: string };

type ObjectKind = 'view' | 'function' | 'procedure' | 'event';

/** One column of an index, in the order of the index. */
export interface IndexColumn {
  is: 'index';
  schema: string;
  table: string;
  name: string;
  isUnique: number;
  type: string;
  /** Absent of an index on an expression. */
  column: string | null;
  length: number | null;
}

/** The facts of one sort. */
export function factsOf<Sort extends Fact['is']>(
  facts: readonly Fact[],
  sort: Sort,
): Extract<Fact, { is: Sort }>[] {
  return facts.filter((fact): fact is Extract<Fact, { is: Sort }> => fact.is === sort);
}

/** Facts by the table they belong to. */
export function byTable<F extends { schema: string; table: string }>(
  facts: readonly F[],
): Map<string, F[]> {
  const found = new Map<string, F[]>();
  for (const fact of facts) {
    const key = tableKey(fact.schema, fact.table);
    const list = found.get(key);
    if (list) list.push(fact);
    else found.set(key, [fact]);
  }
  return found;
}

/** Nothing in a name is a NUL. */
export function tableKey(schema: string, name: string): string {
  return `${schema}\0${name}`;
}
