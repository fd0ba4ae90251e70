import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/database/findings.ts';
import { postgres } from '../../../src/rehearsal/postgres/postgres.ts';
import type { ServerContainer } from '../../../src/rehearsal/server-kind.ts';
import { PASSWORD, PostgresPair } from '../../support/postgres-pair.ts';
import { until } from '../../support/storedog.ts';

const SCHEMA = `
create table seen (id int primary key); insert into seen select generate_series(1, 30);
create type mood as enum ('sad', 'ok');
create table discount (id serial primary key, code varchar(50) not null, mood mood, total numeric(10, 2) generated always as (id * 2) stored);
insert into discount (code, mood) select 'CODE' || i, 'ok' from generate_series(1, 200) i;
create table orders (id bigserial primary key, discount_id int references discount, what text not null default '\\\\tab "quoted"');
insert into orders (discount_id) select 1 + i % 200 from generate_series(1, 500) i;
create view cheap as select id, code from discount;
create schema audit; create table audit."Entry of" (id int, what bytea); insert into audit."Entry of" values (1, '\\x00ff');
create table measured (at date not null, n int) partition by range (at);
create table measured_old partition of measured for values from ('2020-01-01') to ('2021-01-01');
insert into measured select '2020-05-05', i from generate_series(1, 50) i;
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touching before update on discount for each row execute function touch();
create role clerk login password 'a pass''word';
grant usage on schema public, audit to clerk; grant select, update, delete on all tables in schema public to clerk;
create database reports;
`;

const LIMITS = { lock: 400, massShare: 10, hasAllRows: true };
const FACTS = `select (select md5(string_agg(d::text, ',' order by id)) from discount d),
  (select md5(string_agg(o::text, ',' order by id)) from orders o),
  (select string_agg(oid || ' ' || relfilenode, ',' order by oid) from pg_class where relnamespace = 'public'::regnamespace),
  (select count(*) from pg_namespace), (select count(*) from pg_trigger), (select count(*) from pg_event_trigger);`;

const OUR_SESSIONS =
  "select count(*) from pg_stat_activity where application_name = 'canary-rehearsal'";

let pair: PostgresPair;
let before = '';

beforeAll(async () => {
  pair = await PostgresPair.create(SCHEMA);
  before = await pair.sql('original', FACTS);
});
afterAll(() => pair?.dispose());

/** What a canary does to a watched copy, one user after the other, as lines. */
async function doneBy(
  copy: ServerContainer,
  hasAllRows: boolean,
  doings: { sql: string; user?: string }[],
) {
  const watch = await postgres.watch(copy);
  let from = '';
  for (const { sql, user } of doings) from = (await pair.canary(copy, sql, user)).address;
  const observation = await watch.end((address) =>
    address === from ? { service: 'discounts' } : undefined,
  );
  const findings = findingsOf('db', observation, { ...LIMITS, hasAllRows });
  return { observation, lines: findings.map((each) => `${each.class}: ${each.text}`).sort() };
}

describe('a full copy of PostgreSQL', () => {
  let facts: string;
  let folder: string;
  let sessions: string;
  let done: Awaited<ReturnType<typeof doneBy>>;

  beforeAll(async () => {
    const copy = await pair.copy();
    folder = pair.folderAtStart;
    facts = await pair.sql(copy.container, FACTS);
    sessions = await pair.sql('original', OUR_SESSIONS);
    done = await doneBy(copy, true, [
      { user: 'clerk', sql: 'DELETE FROM orders WHERE id > 100' },
      { sql: 'ALTER TABLE seen DISABLE TRIGGER ALL; DELETE FROM seen' },
      {
        sql: `
          DROP VIEW cheap;
          ALTER TYPE mood ADD VALUE 'great';
          DROP TRIGGER touching ON discount;
          CREATE INDEX CONCURRENTLY orders_discount ON orders (discount_id);
          ALTER TABLE orders DROP CONSTRAINT orders_discount_id_fkey;
          ALTER TABLE discount ADD CONSTRAINT short CHECK (length(code) < 40);
          ALTER SEQUENCE orders_id_seq AS int;
          REVOKE UPDATE ON discount FROM clerk;
          DROP TABLE measured_old;
          TRUNCATE audit."Entry of";
          CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'select $1 * 2';
        `,
      },
    ]);
  });

  const isOfRows = (line: string) => / rows of (orders|seen) are /.test(line);

  it('is exact, file by file, without leaving a trace in the original', () => {
    expect(facts).toBe(before);
    expect(sessions).toBe('0');
  });

  it('has the owner and the mode of the original’s data folder before its image does anything', async () => {
    expect(folder).toBe(await pair.folderOf('original'));
  });

  it('reports changes of objects other than tables', () => {
    expect(done.lines.filter((line) => !isOfRows(line))).toEqual([
      'contracting: check short of discount is new',
      'contracting: grant UPDATE to clerk of discount is taken away',
      'contracting: sequence orders_id_seq of orders is changed',
      'contracting: trigger touching of discount is dropped',
      'contracting: view cheap is dropped',
      'destructive: table audit.Entry of is emptied of its 1 row',
      'destructive: table measured_old is dropped, with its 50 rows',
      'expanding: foreign key orders_discount_id_fkey of orders is dropped',
      'expanding: function twice(integer) is new',
      'expanding: index orders_discount of orders is new',
      'expanding: type mood has new values',
    ]);
  });

  it('also watches a user with a password of their own, and deletes with triggers off', () => {
    expect(done.lines.filter(isOfRows)).toEqual([
      'destructive: 400 of the 500 rows of orders are deleted',
      'destructive: all 30 rows of seen are gone',
    ]);
    expect(done.observation.writes.filter(({ kind }) => kind === 'delete')).toMatchObject([
      { service: 'discounts', table: 'orders', rows: 400 },
    ]);
  });
});

describe('a copy of PostgreSQL', () => {
  let copy: ServerContainer;

  beforeAll(async () => {
    copy = await pair.copy({ data: 'schema' });
  });

  it('of the schema alone has no rows, and reports what would lose them', async () => {
    const sql =
      'DELETE FROM orders; DROP TABLE audit."Entry of"; ALTER TABLE discount ALTER COLUMN code TYPE text; UPDATE discount SET code = code || 1';
    const { lines, observation } = await doneBy(copy, false, [{ sql }]);
    expect(observation.before.tables.every(({ rows }) => rows === 0)).toBe(true);
    expect(lines).toContain('destructive: every row of orders is deleted');
    expect(lines).toContain('destructive: table audit.Entry of is dropped');
  });

  it('of a sample has some rows of every table, and its sequences continue where the original is', async () => {
    await pair.copyOver(copy, { data: 'sample', sample: 20 });
    const counts =
      'select (select count(*) from discount), (select count(*) from orders), (select count(*) from measured), (select encode(what, \'hex\') from audit."Entry of"), (select what from orders limit 1), (select last_value from orders_id_seq)';
    expect(await pair.sql(copy.container, counts)).toBe('20|20|20|00ff|\\\\tab "quoted"|500');
    const { failed } = await pair.canary(copy, 'select 1', 'clerk');
    expect(failed).toBe(false);
  });

  it('shows no credentials in errors', async () => {
    const place = pair.place(pair.idOf('original'));
    const wrong = {
      ...place,
      definition: { environment: { POSTGRES_USER: 'nobody', POSTGRES_PASSWORD: PASSWORD } },
    };
    const error = await postgres.measure(wrong).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error) + String((error as { details?: string[] }).details)).not.toContain(
      PASSWORD,
    );
    expect(error).toMatchObject({ code: 'command-failed' });
  });

  it('that was killed while dumping is ended by the next rehearsal', async () => {
    const place = pair.place(pair.idOf('original'));
    const stop = new AbortController();
    const endless = "copy (select repeat('x', 1000) from generate_series(1, 100000000)) to stdout";
    const container = pair.idOf('original');
    const env = { PGUSER: 'shop', PGAPPNAME: 'canary-rehearsal' };
    const command = ['psql', '-d', 'shop', '-c', endless];
    const reading = place.streams
      .run({ container, command, env }, { signal: stop.signal })
      .catch(() => undefined);
    const isThere = async (count: string) => (await pair.sql('original', OUR_SESSIONS)) === count;
    await until('it reads', () => isThere('1'));
    stop.abort();
    await reading;
    expect(await isThere('1')).toBe(true);
    await postgres.clear(place);
    await until('it has ended', () => isThere('0'));
  });

  // PostgreSQL is the first process of its container: an orphan that was killed by a signal looks like a crash to it.
  it.each(['ends', 'is aborted', 'is killed'])(
    'that %s does not restart the original',
    async (how) => {
      const workers =
        "select string_agg(pid::text, ' ') from pg_stat_activity where backend_type in ('background writer', 'walwriter')";
      const whole = await pair.sql('original', workers);
      const stop = new AbortController();
      const { streams, container } = pair.place(pair.idOf('original'));
      const to = { container, command: ['sh', '-c', 'cat >/dev/null'] };
      const endless = "copy (select repeat('x', 1000), generate_series(1, 100000000)) to stdout";
      const psql = ['timeout', '100', 'psql', '--username=shop', '--dbname=shop', '--command'];
      const command = [...psql, how === 'ends' ? 'select 1' : endless];
      const onBytes = () => {
        if (how === 'is aborted') stop.abort();
      };
      const copying = streams
        .pipe({ container, command }, to, { signal: stop.signal, onBytes })
        .catch(() => undefined);
      if (how === 'is killed') await killClients(container, 'timeout 100 psql');
      await copying;
      await until('the program has ended', async () => {
        const sql =
          "select count(*) from pg_stat_activity where application_name = 'psql' and query like 'copy (select repeat%'";
        return (await pair.sql('original', sql)) === '0';
      });
      expect(await pair.sql('original', workers)).toBe(whole);
    },
  );
});

it('after all tests the original is unchanged and never restarted', async () => {
  expect(await pair.sql('original', FACTS)).toBe(before);
  // A process that fails under the server as its first process makes it restart.
  expect(await pair.log('original')).not.toMatch(/terminated by signal|recovery mode/);
});

/** Kills the Docker command lines that run a program in a container. */
async function killClients(container: string, program: string): Promise<void> {
  const pattern = `^docker exec .*${container} .*${program}`;
  await until('the program runs', async () => {
    const found = await execa('pgrep', ['-f', pattern], { reject: false });
    for (const pid of found.stdout.split('\n').filter(Boolean))
      process.kill(Number(pid), 'SIGKILL');
    return found.exitCode === 0;
  });
}
