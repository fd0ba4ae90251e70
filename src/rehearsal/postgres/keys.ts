import { literal } from './quote.ts';

/**
 * Foreign keys to tables that are about to be dropped and made anew: noted and dropped. Those of tables that stay are made
 * again by `MAKE_KEYS`; the others come with their table.
 */
export const DROP_KEYS = (paths: readonly string[]) => `
create temporary table canary_keys on commit drop as
  select k.conname as name, format('%I.%I', n.nspname, c.relname) as path, pg_catalog.pg_get_constraintdef(k.oid) as definition,
    k.convalidated as is_checked, c.relkind = 'p' as is_partitioned, k.conrelid = any (t.ids) as comes_back
  from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
    (select array_agg(pg_catalog.to_regclass(path)::oid) as ids
     from unnest(array[${paths.map(literal).join(', ')}]) as path where pg_catalog.to_regclass(path) is not null) t
  where k.contype = 'f' and k.conparentid = 0 and k.confrelid = any (t.ids);
do $canary$
declare key record;
begin
  for key in select * from pg_temp.canary_keys loop
    execute format('alter table %s drop constraint %I', key.path, key.name);
  end loop;
end $canary$;
`;

/** Rows written since may name rows that are gone now: the key is there all the same, and whoever restores is told. */
export const MAKE_KEYS = `
do $canary$
declare key record;
begin
  for key in select * from pg_temp.canary_keys where not comes_back loop
    execute format('alter table %s add constraint %I %s', key.path, key.name, key.definition
      || case when key.is_checked and not key.is_partitioned then ' not valid' else '' end);
    begin
      if key.is_checked and not key.is_partitioned then
        execute format('alter table %s validate constraint %I', key.path, key.name);
      end if;
    exception when foreign_key_violation then
      raise warning 'rows of % name rows that are not there any more: % is not checked for them', key.path, key.name;
    end;
  end loop;
end $canary$;
`;
