import { type Flavour, literal, NOTES, USER_SCHEMAS } from './client.ts';

/** What a server reports about accounts, its settings, and how tables are kept: one line of JSON each. */
export type ServerFact =
  | { is: 'options'; schema: string; table: string; definition: string; next: string | null }
  | { is: 'partition'; schema: string; table: string; name: string; definition: string }
  /** `password`: a salted digest of what the server keeps. */
  | { is: 'account'; name: string; definition: string; password: string }
  | { is: 'membership'; role: string; account: string; definition: string }
  | { is: 'variable'; name: string; value: string }
  | { is: 'sequence'; schema: string; name: string };

/** Those that canary itself sets on a copy, and those that tell what happened. */
const OWN_VARIABLES =
  "variable_name NOT REGEXP '^(gtid_|slow_query_log|log_slow|log_output|long_query_time|min_examined_row_limit|timestamp$|rand_seed|pseudo_|last_|max_allowed_packet)'";

/** Accounts of the server itself. */
const ACCOUNTS =
  "user NOT IN ('mariadb.sys','mysql.sys','mysql.session','mysql.infoschema','healthcheck','PUBLIC')";

const NAME = (user: string, host: string) => `CONCAT(QUOTE(${user}),'@',QUOTE(${host}))`;

/** `salt`: hexadecimal, and the same for what is compared. */
export function serverFacts(flavour: Flavour, salt: string): string[] {
  return [
    select(
      `'options','schema',table_schema,'table',table_name,'definition',CONCAT_WS(' ',engine,row_format,table_collation,REPLACE(create_options,'partitioned','')),'next',CAST(auto_increment AS CHAR)`,
      `information_schema.tables WHERE table_type IN ('BASE TABLE','SYSTEM VERSIONED') AND table_schema ${USER_SCHEMAS}`,
    ),
    select(
      `'partition','schema',table_schema,'table',table_name,'name',partition_name,'definition',CONCAT_WS(' ',partition_method,partition_expression,partition_description)`,
      `information_schema.partitions WHERE partition_name IS NOT NULL AND table_schema ${USER_SCHEMAS} ORDER BY table_schema,table_name,partition_name`,
    ),
    select(
      `'variable','name',LOWER(variable_name),'value',LEFT(variable_value,1000)`,
      `${flavour === 'mariadb' ? 'information_schema' : 'performance_schema'}.global_variables WHERE ${OWN_VARIABLES}`,
    ),
    ...(flavour === 'mariadb' ? ofMariadb(salt) : ofMysql(salt)),
  ];
}

function ofMariadb(salt: string): string[] {
  const attributes =
    "JSON_REMOVE(priv,'$.access','$.version_id','$.authentication_string','$.password_last_changed')";
  return [
    select(
      `'account','name',${NAME('user', 'host')},'definition',CAST(${attributes} AS CHAR),'password',${digest(salt, "JSON_VALUE(priv,'$.authentication_string')")}`,
      `mysql.global_priv WHERE ${ACCOUNTS}`,
    ),
    select(
      `'membership','role',role,'account',${NAME('user', 'host')},'definition',admin_option`,
      'mysql.roles_mapping',
    ),
    select(
      `'sequence','schema',table_schema,'name',table_name`,
      `information_schema.tables WHERE table_type='SEQUENCE' AND table_schema ${USER_SCHEMAS}`,
    ),
  ];
}

function ofMysql(salt: string): string[] {
  const attributes =
    "CONCAT_WS(' ',plugin,account_locked,password_expired,ssl_type,max_questions,max_updates,max_connections,max_user_connections)";
  return [
    select(
      `'account','name',${NAME('user', 'host')},'definition',${attributes},'password',${digest(salt, 'authentication_string')}`,
      `mysql.user WHERE ${ACCOUNTS}`,
    ),
    select(
      `'membership','role',${NAME('from_user', 'from_host')},'account',${NAME('to_user', 'to_host')},'definition',with_admin_option`,
      'mysql.role_edges',
    ),
  ];
}

/** Passwords, hashed or not, never leave the server. */
function digest(salt: string, secret: string): string {
  return `SHA2(CONCAT(${literal(salt)},COALESCE(${secret},'')),256)`;
}

function select(fields: string, from: string): string {
  return `SELECT JSON_OBJECT('is',${fields}) FROM ${from};`;
}

/** Asks sequences, which MariaDB keeps as tables, for what they are and where they are. */
export function sequenceQuery(schema: string, name: string, path: string): string {
  return `SELECT JSON_OBJECT('schema',${literal(schema)},'name',${literal(name)},'definition',CONCAT_WS(' ',minimum_value,maximum_value,start_value,increment,cache_size,cycle_option),'next',CAST(next_not_cached_value AS CHAR),'step',CAST(increment AS CHAR)) FROM ${path};`;
}

/** What a sequence of MariaDB says of itself. */
export interface SequenceRow {
  schema: string;
  name: string;
  definition: string;
  next: string;
  step: string;
}

/** Rights that the information schema does not report. */
export const ROUTINE_GRANTS = `SELECT JSON_OBJECT('is','grant','account',${NAME('user', 'host')},'on',CONCAT(db,'.',routine_name),'privilege',proc_priv) FROM mysql.procs_priv WHERE db<>'${NOTES}';`;
