import type { Matrix } from './matrix.ts';

/** A table with nine rows. */
const shop = (name: string) =>
  `create table ${name} (id int auto_increment primary key, code varchar(50) not null default 'none', n int); insert into ${name} (code) select seq from seq_1_to_9;`;

/** What MariaDB says of each kind of change; MySQL's answers are the same where it has the kind. */
export const MYSQL: Matrix = {
  'a next number set back': {
    given: `${shop('numbered')} delete from numbered where id > 5;`,
    does: 'alter table numbered auto_increment = 1',
    finds: ['none: next number of numbered is set back from 16 to 6'],
  },
  'a next number that moves on': {
    given: shop('moving'),
    does: "insert into moving (code) values ('x')",
    finds: [],
  },
  'a sequence set back': {
    given: 'create sequence tickets; do nextval(tickets); do nextval(tickets);',
    does: 'alter sequence tickets restart 1',
    finds: [
      'contracting: next number of tickets is set back from 1001 to 1: numbers are given a second time',
    ],
  },
  'a sequence with another step': {
    given: 'create sequence steps;',
    does: 'alter sequence steps increment 5',
    finds: ['contracting: sequence steps is changed'],
  },
  'a changed default': {
    given: shop('defaults'),
    does: "alter table defaults alter code set default 'other'",
    finds: [
      'contracting: column defaults.code has another default: inserts of the stable that leave it out store another value',
    ],
  },
  'a dropped default': {
    given: shop('undefaulted'),
    does: 'alter table undefaulted alter code drop default',
    finds: [
      'contracting: column undefaulted.code loses its default and may not be null: inserts of the stable that leave it out fail',
    ],
  },
  'a column that is set by updates': {
    given:
      'create table stamped (at timestamp not null default current_timestamp() on update current_timestamp());',
    does: 'alter table stamped modify at timestamp not null default current_timestamp()',
    finds: [
      'contracting: column stamped.at has another default: inserts of the stable that leave it out store another value',
    ],
  },
  'a generated column': {
    given: 'create table sums (a int, b int as (a + 1) virtual);',
    does: 'alter table sums modify b int as (a + 2) virtual',
    finds: ['contracting: column sums.b is computed in another way'],
  },
  'ids that are no longer numbered': {
    given: shop('unnumbered'),
    does: 'alter table unnumbered modify id int not null',
    finds: [
      'contracting: column unnumbered.id loses its default and may not be null: inserts of the stable that leave it out fail',
    ],
  },
  'a key widened': {
    given: shop('widened'),
    does: 'alter table widened modify id bigint auto_increment',
    finds: [
      'expanding: column widened.id changes its type from int(11) to bigint(20), which holds every value it had',
      'expanding: table widened is rewritten; until that is done nothing else can use it',
    ],
  },
  'another collation': {
    given: 'create table sorted (code varchar(9) collate utf8mb4_general_ci);',
    does: 'alter table sorted modify code varchar(9) collate utf8mb4_bin',
    finds: [
      'contracting: column sorted.code has another collation: its order and its uniqueness may differ',
    ],
  },
  'a new column': {
    given: shop('longer'),
    does: 'alter table longer add note text',
    finds: ['expanding: column longer.note is new'],
  },
  'another character set of a database': {
    given: 'create database letters character set utf8mb4;',
    does: 'alter database letters character set latin1',
    finds: ['contracting: schema letters is changed'],
  },
  'a dropped database': {
    given:
      'create database other_shop; create table other_shop.orders (id int primary key); insert into other_shop.orders values (1);',
    does: 'drop database other_shop',
    finds: [
      'destructive: table other_shop.orders is dropped, with its 1 row',
      'contracting: schema other_shop is dropped',
    ],
  },
  'rights taken away': {
    given: 'create user clerk_a; grant select, insert on shop.* to clerk_a;',
    does: 'revoke insert on shop.* from clerk_a',
    finds: ["contracting: grant 'clerk_a'@'%' on shop.* is changed"],
  },
  'rights on a procedure taken away': {
    given:
      'create user clerk_b; create procedure granted() select 1; grant execute on procedure shop.granted to clerk_b;',
    does: 'revoke execute on procedure shop.granted from clerk_b',
    finds: ["contracting: grant 'clerk_b'@'%' on shop.granted is taken away"],
  },
  'an account locked': {
    given: 'create user locked;',
    does: 'alter user locked account lock',
    finds: ["contracting: role 'locked'@'%' has other attributes"],
  },
  'another password': {
    given: "create user secretive identified by 'one';",
    does: "alter user secretive identified by 'two'",
    finds: [
      "contracting: password of 'secretive'@'%' is another one: logins with the old one fail",
    ],
  },
  'a membership taken away': {
    given:
      'create role staff; create user member_a; grant staff to member_a; grant staff to app with admin option;',
    does: 'revoke staff from member_a',
    finds: [
      "contracting: membership staff of 'member_a'@'%' is taken away, with the rights that it gave",
    ],
  },
  'a setting of the server': {
    does: 'set global wait_timeout = 7',
    finds: [
      'contracting: setting wait_timeout is changed, for every later connection of the stable',
    ],
  },
  'a new trigger': {
    given: shop('triggered'),
    does: 'create trigger touching before insert on triggered for each row set new.n = 1',
    finds: ['contracting: trigger touching of triggered is new'],
  },
  'a function with another body': {
    given: 'create function body() returns int deterministic return 1;',
    does: 'create or replace function body() returns int deterministic return 2',
    finds: ['contracting: function body is changed'],
  },
  'a procedure that runs as another': {
    given: 'create procedure work() select 1;',
    does: 'alter procedure work sql security invoker',
    finds: ['contracting: procedure work is changed'],
  },
  'an event': {
    given: 'create event daily on schedule every 1 day do select 1;',
    does: 'alter event daily disable',
    finds: ['contracting: event daily is changed'],
  },
  'a view with a column at its end': {
    given: `${shop('viewed')} create view shown as select id, code from viewed;`,
    does: 'create or replace definer = root@localhost view shown as select id, code, n from viewed',
    finds: ['expanding: view shown has new columns at its end'],
  },
  'a view of other rows': {
    given: `${shop('filtered')} create view filter as select id from filtered;`,
    does: 'create or replace view filter as select id from filtered where id > 3',
    finds: ['contracting: view filter is changed'],
  },
  'another engine': {
    given: 'create table engines (n int) engine = innodb;',
    does: 'alter table engines engine = aria',
    finds: [
      'contracting: table options of engines are changed',
      'expanding: table engines is rewritten; until that is done nothing else can use it',
    ],
  },
  'a partition more': {
    given:
      'create table parts (n int) partition by range (n) (partition p0 values less than (10));',
    does: 'alter table parts add partition (partition p1 values less than (20))',
    finds: ['expanding: partitions of parts are more, and all that were'],
  },
  'a partition less': {
    given:
      'create table fewer (n int) partition by range (n) (partition p0 values less than (10), partition p1 values less than (20));',
    does: 'alter table fewer drop partition p1',
    finds: ['contracting: partitions of fewer are others'],
  },
  'an index renamed': {
    given: 'create table indexed (n int, key by_n (n));',
    does: 'alter table indexed rename index by_n to by_number',
    finds: [
      'contracting: index by_n of indexed is dropped',
      'expanding: index by_number of indexed is new',
    ],
  },
  'a table renamed': {
    given: shop('former'),
    does: 'rename table former to latter',
    finds: ['contracting: table former is renamed to latter'],
  },
  'nulls that are filled': {
    given: shop('filled'),
    does: 'update filled set n = id',
    finds: [],
  },
  comments: {
    given: shop('described'),
    does: "alter table described comment 'new', modify n int comment 'new'",
    finds: [],
  },
  'what canary has no class for: the place of a column': {
    given: 'create table hidden (id int, n int default 1);',
    does: 'alter table hidden modify n int invisible default 1',
    finds: [
      'unclassified: the definition of table hidden differs in a way that canary has no class for: - ``n` int(11) DEFAULT 1`, + ``n` int(11) DEFAULT 1 INVISIBLE`',
    ],
  },
};
