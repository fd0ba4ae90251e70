import type { Matrix } from './matrix.ts';

/** A table with nine rows. */
const shop = (name: string) =>
  `create table ${name} (id integer primary key, code varchar(50) not null default 'none', n int);
   insert into ${name} (code) values ('1'), ('2'), ('3'), ('4'), ('5'), ('6'), ('7'), ('8'), ('9');`;

/** SQLite changes a table by making another one: so do the tools. */
const remade = (name: string, columns: string) => `
  create table "new_${name}" (${columns}); insert into "new_${name}" select * from ${name};
  drop table ${name}; alter table "new_${name}" rename to "${name}"`;

/** What SQLite says of each kind of change. Altering tables is all that its own statements can do. */
export const SQLITE: Matrix = {
  'a next number set back': {
    given:
      'create table numbered (id integer primary key autoincrement, n int); insert into numbered values (5, 1), (9, 1); delete from numbered where id = 9;',
    does: "update sqlite_sequence set seq = 0 where name = 'numbered'",
    finds: ['none: next number of numbered is set back from 10 to 6'],
  },
  'a next number that moves on': {
    given: 'create table moving (id integer primary key autoincrement, n int);',
    does: 'insert into moving (n) values (1)',
    finds: [],
  },
  'a key without its own numbers': {
    given: 'create table plain_ids (id integer primary key autoincrement, n int);',
    does: remade('plain_ids', 'id integer primary key, n int'),
    finds: ['expanding: column plain_ids.id is numbered in another way'],
  },
  'a changed default': {
    given: shop('defaults'),
    does: remade(
      'defaults',
      "id integer primary key, code varchar(50) not null default 'other', n int",
    ),
    finds: [
      'contracting: column defaults.code has another default: inserts of the stable that leave it out store another value',
    ],
  },
  'a dropped default': {
    given: shop('undefaulted'),
    does: remade('undefaulted', 'id integer primary key, code varchar(50) not null, n int'),
    finds: [
      'contracting: column undefaulted.code loses its default and may not be null: inserts of the stable that leave it out fail',
    ],
  },
  'a table made again as it was, in other letters': {
    given: shop('again'),
    does: remade(
      'again',
      '"id" INTEGER PRIMARY KEY, "code" VARCHAR(60) NOT NULL DEFAULT \'none\', `n` INTEGER NULL',
    ),
    finds: [],
  },
  'a new column': {
    given: shop('longer'),
    does: 'alter table longer add note text',
    finds: ['expanding: column longer.note is new'],
  },
  'a generated column': {
    given: 'create table sums (a int, b int as (a + 1));',
    does: 'create table sums_new (a int, b int as (a + 2)); drop table sums; alter table sums_new rename to sums',
    finds: ['contracting: column sums.b is computed in another way'],
  },
  'another collation': {
    given: 'create table sorted (code text);',
    does: remade('sorted', 'code text collate nocase'),
    finds: [
      'contracting: column sorted.code has another collation: its order and its uniqueness may differ',
    ],
  },
  'a new check': {
    given: shop('checked'),
    does: remade(
      'checked',
      "id integer primary key, code varchar(50) not null default 'none', n int check (n > 0)",
    ),
    finds: ['contracting: check (n > 0) of checked is new'],
  },
  'a strict table': {
    given: 'create table loose (n int);',
    does: 'create table loose_new (n int) strict; drop table loose; alter table loose_new rename to loose',
    finds: ['contracting: table options of loose are changed'],
  },
  'a new trigger': {
    given: shop('triggered'),
    does: 'create trigger ignoring before insert on triggered begin select raise(ignore); end',
    finds: ['contracting: trigger ignoring of triggered is new'],
  },
  'a view with a column at its end': {
    given: `${shop('viewed')} create view shown as select id, code from viewed;`,
    does: 'drop view shown; create view shown as select id, code, n from viewed',
    finds: ['expanding: view shown has new columns at its end'],
  },
  'a view of other rows': {
    given: `${shop('filtered')} create view filter as select id from filtered;`,
    does: 'drop view filter; create view filter as select id from filtered where id > 3',
    finds: ['contracting: view filter is changed'],
  },
  'an index': {
    given: `${shop('indexed')} create index by_n on indexed (n);`,
    does: 'drop index by_n; create unique index by_n on indexed (n)',
    finds: ['contracting: index by_n of indexed is changed and unique now'],
  },
  'a pragma that stays': {
    does: 'pragma user_version = 7',
    finds: ['none: pragma user_version is changed'],
  },
  'nulls that are filled': {
    given: shop('filled'),
    does: 'update filled set n = id',
    finds: [],
  },
  'what canary has no class for: what a conflict does': {
    given: 'create table conflicts (id int unique, n int);',
    does: 'create table conflicts_new (id int unique on conflict replace, n int); drop table conflicts; alter table conflicts_new rename to conflicts',
    finds: [
      'unclassified: the definition of table conflicts differs in a way that canary has no class for: - `integer unique`, + `integer unique on conflict replace`',
    ],
  },
};
