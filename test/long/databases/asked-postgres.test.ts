import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/database/findings.ts';
import { postgres } from '../../../src/rehearsal/postgres/postgres.ts';
import { PostgresPair } from '../../support/postgres-pair.ts';
import { until } from '../../support/storedog.ts';

const LIMITS = { lock: 60_000, massShare: 10, hasAllRows: true };
const SCHEMA = `
create table item (id serial primary key, code text, price int);
insert into item (code, price) select 'code ' || i, i from generate_series(1, 20) i;
create schema audit; create table audit.note (id int, text text); create table ledger (id int);
create role clerk login password 'a pass''word';
grant usage on schema audit to clerk; grant select on audit.note, ledger to clerk;
alter role clerk set search_path = audit, public;
`;
const CHANGES = `
alter table item rename code to coupon; alter table item add note text;
alter table audit.note drop text; revoke select on ledger from clerk;
`;
const MASKED = 'a-secret-value';

let pair: PostgresPair;

afterAll(() => pair?.dispose());

/** What is found of statements when the canary makes these changes to a copy. */
async function foundOf(changes: string) {
  const listening = await postgres.listen?.(pair.place(pair.idOf('original')));
  const copy = await pair.copy();
  const { statements = [], problem } = (await listening?.end()) ?? {};
  const watch = await postgres.watch(copy, statements);
  const { failed, address } = await pair.canary(copy, changes);
  expect(failed).toBe(false);
  const observation = await watch.end((from) =>
    from === address ? { service: 'web' } : undefined,
  );
  const found = findingsOf('db', observation, LIMITS);
  expect(JSON.stringify(found)).not.toContain(MASKED);
  const own = found.filter(({ kind }) => kind.startsWith('statement-'));
  return {
    problem,
    statements,
    lines: own
      .map((each) => `${each.class}: ${each.object}: ${each.text} (${each.statement})`)
      .sort(),
  };
}

describe('statements that the server has counted', () => {
  beforeAll(async () => {
    pair = await PostgresPair.create(
      `create extension pg_stat_statements; ${SCHEMA}`,
      'shared_preload_libraries=pg_stat_statements',
    );
    const original = pair.place(pair.idOf('original'));
    const ask = (sql: string, user?: string) => pair.canary(original, sql, user);
    await ask(`
      select code from item where id = 5; select code from item where id = 6;
      select * from item; select id from item; select max(price), min(price) from item group by id;
      update item set price = 1 where code = '${MASKED}';
      insert into item (price) values (3);
      select 1; select now() - interval '5 minutes';
    `);
    await ask('select text from note; select count(*) from ledger;', 'clerk');
  });

  it('are findings where they fail or return other columns, with their role and how often they ran', async () => {
    const { lines, problem } = await foundOf(CHANGES);
    expect(problem).toBe(undefined);
    expect(lines).toEqual([
      'contracting: audit.note: a statement of clerk in production (1 call) fails now: column "text" does not exist (select text from note)',
      'contracting: item: a statement of shop in production (2 calls) fails now: column "code" does not exist; the same for 1 more (select code from item where id = $1)',
      'contracting: ledger: a statement of clerk in production (1 call) fails now: permission denied for table ledger (select count(*) from ledger)',
      'interrupting: item: a statement of shop in production (1 call) returns other columns now (select * from item)',
    ]);
  });

  it('are none where nothing changes for them', async () => {
    const { lines, statements } = await foundOf(
      'create index on item (price); create table other (id int);',
    );
    expect(lines).toEqual([]);
    expect(statements.length).toBeGreaterThan(8);
    expect(await pair.sql('original', 'select count(*) from pg_prepared_statements')).toBe('0');
  });

  it('that nobody may read are said', async () => {
    await pair.sql('original', "create role reader login password 'a pass''word'");
    const place = pair.place(pair.idOf('original'));
    const environment = { ...place.definition.environment, POSTGRES_USER: 'reader' };
    const listening = await postgres.listen?.({ ...place, definition: { environment } });
    const { statements, problem } = (await listening?.end()) ?? {};
    expect(problem).toBe('its user may not read the statements of others (pg_read_all_stats)');
    expect(new Set(statements?.map(({ role }) => role))).toEqual(new Set(['reader']));
  });
});

describe('statements that are seen running', () => {
  beforeAll(async () => {
    await pair?.dispose();
    pair = await PostgresPair.create(SCHEMA);
  });

  it('are findings too, and create nothing in production', async () => {
    const original = pair.place(pair.idOf('original'));
    const asked = `select price from item where code = '${MASKED}'`;
    const open = pair.canary(original, `${asked};\n\\! sleep 600\n`);
    const isThere = async () =>
      (await pair.sql(
        'original',
        `select count(*) from pg_stat_activity where state = 'idle' and query like '%${MASKED}%' and pid <> pg_backend_pid()`,
      )) === '1';
    await until('it is there', isThere);
    const { lines } = await foundOf(CHANGES);
    expect(lines).toEqual([
      'contracting: item: a statement of shop in production (seen running) fails now: column "code" does not exist (select price from item where code = \'…\')',
    ]);
    expect(await pair.sql('original', 'select count(*) from pg_extension')).toBe('1');
    await pair.sql(
      'original',
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shop' and pid <> pg_backend_pid()",
    );
    await pair.dispose();
    await open;
  });
});
