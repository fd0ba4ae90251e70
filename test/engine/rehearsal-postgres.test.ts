import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { worstOf } from '../../src/database/finding.ts';
import { judgeObservation } from '../../src/database/judge-observation.ts';
import { postgres } from '../../src/workflows/rehearsal/postgres/postgres.ts';
import { PostgresPair } from '../support/postgres-pair.ts';

const SCHEMA = `
create type mood as enum ('sad', 'ok');
create table discount (id serial primary key, code varchar(50) not null, percent int not null default 0, note text, mood mood);
create index discount_code on discount (code);
insert into discount (code, percent) select 'CODE' || i, i % 90 from generate_series(1, 200) i;
create table orders (id bigserial primary key, discount_id int references discount, total numeric(10, 2) not null);
insert into orders (discount_id, total) select 1 + i % 200, i from generate_series(1, 500) i;
create table session (id int primary key, data bytea);
insert into session select i, '\\x00' from generate_series(1, 1000) i;
create view cheap as select id, code from discount where percent < 10;
create schema audit; create table audit.entry (id int, what text);
create role clerk login password 'a pass''word'; grant select, update on discount to clerk;
`;

const LIMITS = { lock: 400, massShare: 10, hasAllRows: true };

let pair: PostgresPair;
const facts = `select (select md5(string_agg(d::text, ',' order by id)) from discount d),
  (select md5(string_agg(o::text, ',' order by id)) from orders o), (select count(*) from session),
  (select string_agg(oid::text || relfilenode, ',' order by oid) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace);`;
let before = '';

beforeAll(async () => {
  pair = await PostgresPair.create(SCHEMA);
  before = await pair.sql('original', facts);
});
afterAll(async () => {
  await pair.dispose();
});

async function findingsOf(sql: string, user?: string) {
  const copy = await pair.copy();
  const watch = await postgres.watch(copy);
  const { address } = await pair.canary(copy, sql, user);
  const observation = await watch.end((each) => (each === address ? 'discounts' : undefined));
  await pair.remove(copy);
  return judgeObservation('db', observation, LIMITS);
}

const CASES: [string, string, string, string[]][] = [
  [
    'drop_all and create_all',
    'DROP TABLE orders; DROP VIEW cheap; DROP TABLE discount; CREATE TABLE discount (id serial primary key, code varchar(50) not null); CREATE TABLE orders (id bigserial primary key);',
    'destructive',
    [
      'table discount is dropped and made anew, without its 200 rows (`DROP TABLE discount` by discounts)',
      'table orders is dropped and made anew, without its 500 rows (`DROP TABLE orders` by discounts)',
    ],
  ],
  [
    'a dropped table',
    'DROP TABLE session',
    'destructive',
    ['table session is dropped, with its 1,000 rows (`DROP TABLE session` by discounts)'],
  ],
  [
    'TRUNCATE',
    'TRUNCATE session',
    'destructive',
    ['table session is emptied of its 1,000 rows (`TRUNCATE session` by discounts)'],
  ],
  [
    'DELETE without WHERE',
    'DELETE FROM orders',
    'destructive',
    ['500 rows of 500 of orders are deleted (`DELETE FROM orders` by discounts)'],
  ],
  [
    'a mass UPDATE',
    "UPDATE discount SET percent = 99 WHERE code <> 'secret'",
    'destructive',
    [
      "200 rows of 200 of discount are overwritten (`UPDATE discount SET percent = 99 WHERE code <> '…'` by discounts)",
    ],
  ],
];

describe('a copy of PostgreSQL', () => {
  it.each(CASES)('%s', async (_name, sql, worst, sentences) => {
    const findings = await findingsOf(sql);
    console.log(findings);
    expect(worstOf(findings)).toBe(worst);
  });
});
