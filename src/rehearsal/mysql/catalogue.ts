import type { ServerContainer } from '../server-kind.ts';
import { askRows, type Flavour, quoted, USER_SCHEMAS } from './client.ts';
import {
  ROUTINE_GRANTS,
  type SequenceRow,
  type ServerFact,
  sequenceQuery,
  serverFacts,
} from './server-facts.ts';

interface InSchema {
  schema: string;
  name: string;
}

interface InTable extends InSchema {
  table: string;
}

/** What a server reports about its databases, one line of JSON each. */
export type Fact =
  | ServerFact
  | { is: 'schema'; name: string; definition: string }
  | ({ is: 'table'; updated: number } & InSchema)
  /** The number that InnoDB gives to a table; its path is encoded as for files. */
  | { is: 'number'; path: string; number: number }
  | ColumnFact
  | IndexColumn
  | ({ is: 'foreign key'; column: string; definition: string } & InTable)
  | ({ is: 'check'; definition: string } & InTable)
  | ({ is: 'object'; kind: ObjectKind; definition: string } & InSchema)
  | ({ is: 'trigger'; definition: string } & InTable)
  | { is: 'grant'; account: string; on: string; privilege: string };

type ObjectKind = 'view' | 'function' | 'procedure' | 'event';

interface ColumnFact extends InTable {
  is: 'column';
  type: string;
  charset: string | null;
  isNullable: number;
  hasDefault: number;
  default: string | null;
  generated: string | null;
  collation: string | null;
  extra: string;
}

/** One column of an index, in the order of the index. */
interface IndexColumn extends InTable {
  is: 'index';
  isUnique: number;
  type: string;
  /** Null for an index on an expression. */
  column: string | null;
  length: number | null;
}

export type FactOf<Sort extends Fact['is']> = Extract<Fact, { is: Sort }>;

/** The facts of one sort. */
export function factsOf<Sort extends Fact['is']>(
  facts: readonly Fact[],
  sort: Sort,
): FactOf<Sort>[] {
  return facts.filter((fact): fact is FactOf<Sort> => fact.is === sort);
}

export async function schemasOf(server: ServerContainer): Promise<string[]> {
  return (await askRows<FactOf<'schema'>>(server, SCHEMAS)).map(({ name }) => name);
}

/** The database that users mean when they name none. */
export function usualSchema(
  { definition: { environment = {} } }: ServerContainer,
  all: readonly string[],
): string | undefined {
  const named = environment.MARIADB_DATABASE ?? environment.MYSQL_DATABASE;
  return named ?? (all.length === 1 ? all[0] : undefined);
}

/** Everything that a snapshot is made of. */
export interface Facts {
  all: readonly Fact[];
  sequences: readonly SequenceRow[];
}

/** `salt`: see `server-facts.ts`. */
export async function readFacts(
  server: ServerContainer,
  flavour: Flavour,
  salt: string,
): Promise<Facts> {
  const all = await askRows<Fact>(
    server,
    [catalogue(flavour), ...serverFacts(flavour, salt)].join('\n'),
  );
  const queries = factsOf(all, 'sequence').map(({ schema, name }) =>
    sequenceQuery(schema, name, `${quoted(schema)}.${quoted(name)}`),
  );
  return { all, sequences: await askRows<SequenceRow>(server, queries.join('\n')) };
}

function catalogue(flavour: Flavour): string {
  return [
    SCHEMAS,
    select(
      `'table','schema',table_schema,'name',table_name,'updated',COALESCE(UNIX_TIMESTAMP(update_time),0)`,
      `tables WHERE table_type IN ('BASE TABLE','SYSTEM VERSIONED') AND table_schema ${USER_SCHEMAS} ORDER BY table_schema,table_name`,
    ),
    select(
      `'number','path',name,'number',table_id`,
      flavour === 'mariadb' ? 'innodb_sys_tables' : 'innodb_tables',
    ),
    select(
      `'column','schema',table_schema,'table',table_name,'name',column_name,'type',column_type,'charset',character_set_name,'isNullable',IF(is_nullable='YES',1,0),'hasDefault',IF(column_default<>'NULL',1,0),'default',column_default,'generated',generation_expression,'collation',collation_name,'extra',extra`,
      `columns WHERE table_schema ${USER_SCHEMAS} ORDER BY table_schema,table_name,ordinal_position`,
    ),
    select(
      `'index','schema',table_schema,'table',table_name,'name',index_name,'isUnique',IF(non_unique=0,1,0),'type',index_type,'column',column_name,'length',sub_part`,
      `statistics WHERE table_schema ${USER_SCHEMAS} ORDER BY table_schema,table_name,index_name,seq_in_index`,
    ),
    select(
      `'foreign key','schema',k.table_schema,'table',k.table_name,'name',k.constraint_name,'column',k.column_name,'definition',CONCAT(k.referenced_table_schema,'.',k.referenced_table_name,'.',k.referenced_column_name,' ',r.update_rule,' ',r.delete_rule)`,
      `key_column_usage k JOIN information_schema.referential_constraints r ON r.constraint_schema=k.constraint_schema AND r.constraint_name=k.constraint_name AND r.table_name=k.table_name WHERE k.table_schema ${USER_SCHEMAS} ORDER BY k.table_schema,k.table_name,k.constraint_name,k.ordinal_position`,
    ),
    checks(flavour),
    select(
      `'object','kind','view','schema',table_schema,'name',table_name,'definition',CONCAT_WS(' ',view_definition,definer,security_type,check_option)`,
      `views WHERE table_schema ${USER_SCHEMAS} ORDER BY table_schema,table_name`,
    ),
    select(
      `'object','kind',LOWER(routine_type),'schema',routine_schema,'name',routine_name,'definition',SHA2(CONCAT_WS('|',routine_definition,dtd_identifier,is_deterministic,sql_data_access,security_type,sql_mode,definer),256)`,
      `routines WHERE routine_type IN ('FUNCTION','PROCEDURE') AND routine_schema ${USER_SCHEMAS} ORDER BY routine_schema,routine_name`,
    ),
    select(
      `'object','kind','event','schema',event_schema,'name',event_name,'definition',CONCAT_WS('|',event_definition,event_type,execute_at,interval_value,interval_field,starts,ends,status,on_completion,sql_mode,definer)`,
      `events WHERE event_schema ${USER_SCHEMAS} ORDER BY event_schema,event_name`,
    ),
    select(
      `'trigger','schema',trigger_schema,'table',event_object_table,'name',trigger_name,'definition',CONCAT_WS(' ',action_timing,event_manipulation,action_order,action_statement,sql_mode,definer)`,
      `triggers WHERE trigger_schema ${USER_SCHEMAS} ORDER BY trigger_schema,trigger_name`,
    ),
    ROUTINE_GRANTS,
    grants(`'*.*'`, 'user_privileges'),
    grants(`CONCAT(table_schema,'.*')`, 'schema_privileges'),
    grants(`CONCAT(table_schema,'.',table_name)`, 'table_privileges'),
    grants(`CONCAT(table_schema,'.',table_name,'.',column_name)`, 'column_privileges'),
  ].join('\n');
}

/** MySQL has in two tables what MariaDB has in one; in MySQL the name of a check is unique within its database. */
function checks(flavour: Flavour): string {
  const from =
    flavour === 'mariadb'
      ? 'check_constraints c'
      : "check_constraints c JOIN information_schema.table_constraints t ON t.constraint_schema=c.constraint_schema AND t.constraint_name=c.constraint_name AND t.constraint_type='CHECK'";
  const table = flavour === 'mariadb' ? 'c.table_name' : 't.table_name';
  return select(
    `'check','schema',c.constraint_schema,'table',${table},'name',c.constraint_name,'definition',c.check_clause`,
    `${from} WHERE c.constraint_schema ${USER_SCHEMAS}`,
  );
}

function grants(on: string, from: string): string {
  return select(`'grant','account',grantee,'on',${on},'privilege',privilege_type`, from);
}

function select(fields: string, from: string): string {
  return `SELECT JSON_OBJECT('is',${fields}) FROM information_schema.${from};`;
}

const SCHEMAS = select(
  `'schema','name',schema_name,'definition',CONCAT_WS(' ',default_character_set_name,default_collation_name)`,
  `schemata WHERE schema_name ${USER_SCHEMAS}`,
);
