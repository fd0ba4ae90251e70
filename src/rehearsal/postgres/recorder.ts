import { SCHEMA } from './names.ts';

/**
 * Makes a database of a copy log what is done to it: event triggers for definitions, statement triggers for rows.
 * Log rows belong to the same transaction, so that a rollback removes them too. None of it may make the watched
 * statement fail. What an earlier watch created stays, and is completed for what came since: code that runs may hold
 * locks on it.
 */
export const RECORDER = `
set client_min_messages = warning;
set lock_timeout = '5s';
create schema if not exists ${SCHEMA};
create table if not exists ${SCHEMA}.log (
  at bigint generated always as identity, time timestamptz default clock_timestamp(), client inet, kind text, statement text, relation oid, objects oid[], rows bigint);
create table if not exists ${SCHEMA}.since (at bigint);
delete from ${SCHEMA}.since;
insert into ${SCHEMA}.since select coalesce(max(at), 0) from ${SCHEMA}.log;
create table if not exists ${SCHEMA}.columns (relation oid, number smallint, primary key (relation, number));
insert into ${SCHEMA}.columns
  select a.attrelid, a.attnum from pg_attribute a join pg_class c on c.oid = a.attrelid
  where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  on conflict do nothing;

create or replace function ${SCHEMA}.defined() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $canary$
declare touched oid[];
begin
  if tg_event = 'sql_drop' then
    select array_agg(objid) into touched from pg_event_trigger_dropped_objects();
  elsif tg_event = 'table_rewrite' then
    touched := array[pg_event_trigger_table_rewrite_oid()];
  else
    select array_agg(objid) into touched from pg_event_trigger_ddl_commands();
  end if;
  insert into ${SCHEMA}.log(client, kind, statement, objects)
    values (inet_client_addr(), tg_event, left(current_query(), 4000), touched);
exception when others then null;
end $canary$;
do $canary$
begin
  if not exists (select from pg_event_trigger where evtname = '${SCHEMA}_rewrite') then
    create event trigger ${SCHEMA}_drop on sql_drop execute function ${SCHEMA}.defined();
    create event trigger ${SCHEMA}_end on ddl_command_end execute function ${SCHEMA}.defined();
    create event trigger ${SCHEMA}_rewrite on table_rewrite execute function ${SCHEMA}.defined();
  end if;
end $canary$;

create or replace function ${SCHEMA}.wrote() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $canary$
declare
  many bigint;
  kept text;
  same text;
  known text;
  lost text;
begin
  begin
    if tg_op = 'DELETE' then
      select count(*) into many from gone;
    elsif tg_op = 'UPDATE' then
      select string_agg(format('%I::text', a.attname), ', ') into kept
        from ${SCHEMA}.columns c join pg_attribute a on a.attrelid = c.relation and a.attnum = c.number
        where c.relation = tg_relid and not a.attisdropped and a.attgenerated = '';
      select string_agg(format('g.%1$I = c.%1$I', a.attname), ' and '), min(format('c.%I', a.attname)) into same, known
        from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = tg_relid and i.indisprimary;
      if same is null then
        execute format('select count(*) from (select %1$s from gone except all select %1$s from come) d', kept) into many;
      else
        -- Filling what was null overwrites nothing.
        select string_agg(format('g.%1$I is not null and g.%1$I::text is distinct from c.%1$I::text', a.attname), ' or ') into lost
          from ${SCHEMA}.columns c join pg_attribute a on a.attrelid = c.relation and a.attnum = c.number
          where c.relation = tg_relid and not a.attisdropped and a.attgenerated = '';
        execute format('select count(*) from gone g left join come c on %s where %s is null or %s', same, known, coalesce(lost, 'false')) into many;
      end if;
    end if;
    insert into ${SCHEMA}.log(client, kind, statement, relation, rows)
      values (inet_client_addr(), lower(tg_op), left(current_query(), 4000), tg_relid, many);
  exception when others then null;
  end;
  return null;
end $canary$;

do $canary$
declare each record;
begin
  for each in
    select format('%I.%I', n.nspname, c.relname) as path
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_'
      and n.nspname not in ('information_schema', '${SCHEMA}')
      and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '${SCHEMA}_truncate')
  loop
   -- Row counts tell the most of a table on which code that runs holds a lock.
   begin
    execute format('create trigger ${SCHEMA}_delete after delete on %s referencing old table as gone
      for each statement execute function ${SCHEMA}.wrote()', each.path);
    execute format('create trigger ${SCHEMA}_update after update on %s referencing old table as gone new table as come
      for each statement execute function ${SCHEMA}.wrote()', each.path);
    execute format('create trigger ${SCHEMA}_truncate after truncate on %s
      for each statement execute function ${SCHEMA}.wrote()', each.path);
    execute format('alter table %s enable always trigger ${SCHEMA}_delete', each.path);
    execute format('alter table %s enable always trigger ${SCHEMA}_update', each.path);
    execute format('alter table %s enable always trigger ${SCHEMA}_truncate', each.path);
   exception when lock_not_available then null;
   end;
  end loop;
end $canary$;
`;

/** The log of this watch, in its order; nothing if the log is gone, because then every earlier table is gone too. */
export const NOTES = `
select to_regclass('${SCHEMA}.log') is not null as has_notes \\gset
\\if :has_notes
select json_build_object('time', extract(epoch from time) * 1000, 'client', host(client), 'kind', kind, 'statement', statement, 'relation', relation::text,
  'objects', array(select unnest(objects)::text), 'rows', rows)
from ${SCHEMA}.log where client is not null and at > (select at from ${SCHEMA}.since) order by at;
\\endif`;

/** Which sessions now hold a lock that makes others wait, and on what. */
export const LOCKS = `
select json_build_object('at', extract(epoch from clock_timestamp()) * 1000, 'pid', l.pid, 'relation', d.datname || ' ' || l.relation,
  'mode', l.mode, 'transaction', l.virtualtransaction, 'client', host(a.client_addr), 'statement', left(a.query, 4000))
from pg_locks l join pg_stat_activity a on a.pid = l.pid join pg_database d on d.oid = l.database
where l.granted and l.locktype = 'relation' and a.client_addr is not null and l.relation >= 16384
  and l.mode in ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')`;
