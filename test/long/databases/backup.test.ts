import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discountsShop } from '../../support/rehearsal-shop.ts';
import { type Storedog, until } from '../../support/storedog.ts';

const PASSWORD = 'a-long-secret';

/** Added to the shop: rows that name discounts, a view on them, and enough rows that a backup takes a while. */
const MORE = `
create table orders (id serial primary key, discount_id int not null references discount);
insert into orders (discount_id) select 1 + i % 3 from generate_series(1, 30) i;
create view cheap as select id, code from discount where value < 20;
create table archive (id serial primary key, discount_id int references discount, what text);
insert into archive (discount_id, what)
  select 1 + i % 3, (select string_agg(md5((i * j)::text), '') from generate_series(1, 32) j) from generate_series(1, 30000) i;`;

const BOOT = `
import os

with psycopg2.connect(
    host=os.environ['POSTGRES_HOST'], dbname='storedog', user='storedog', password=os.environ['POSTGRES_PASSWORD']
) as connection:
    connection.cursor().execute("""
        SELECT pg_advisory_xact_lock(1);
        CREATE TABLE IF NOT EXISTS coupon (id serial PRIMARY KEY, discount_id int REFERENCES discount);
        ALTER TABLE discount ADD COLUMN IF NOT EXISTS note text;
        ALTER TABLE archive ADD COLUMN IF NOT EXISTS note text;
        UPDATE discount SET value = 99;
    """)
`;

/** Every row of the two tables, and what belongs to them. */
const FACTS = `
select (select md5(string_agg(d::text, ',' order by id)) from discount d), (select md5(string_agg(a::text, ',' order by id)) from archive a),
  (select string_agg(conrelid::regclass || ' ' || pg_get_constraintdef(oid) || convalidated, ',' order by conrelid::regclass::text, conname)
    from pg_constraint where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'coupon'),
  (select string_agg(indexdef, ',' order by indexname) from pg_indexes where tablename in ('discount', 'archive')),
  (select count(*) from cheap), nextval('discount_id_seq')`;

const DEPLOY = ['deploy', '--branch', 'canary', '--weight', '0', '--allow', 'destructive:discount'];

describe('backups of tables', () => {
  let shop: Storedog;
  let before = '';

  beforeAll(async () => {
    shop = await discountsShop('{ backup: before, settle: 500ms }');
    const env = await shop.read('.env');
    await shop.write('.env', `${env}POSTGRES_PASSWORD=${PASSWORD}\n`);
    const app = await shop.read('discounts/app.py');
    await shop.commitOn('canary', 'discounts/app.py', app + BOOT);
    await shop.succeed('up');
    await shop.untilShopAnswers('discount');
    await shop.sql(MORE);
    before = await shop.sql(FACTS);
  });

  afterAll(() => shop.dispose());

  const releases = () => join(shop.directory, '.canary/releases');
  const inBackups = async () => {
    const names = await readdir(releases()).catch(() => []);
    const [folder] = names.filter((name) => name.endsWith('.backup'));
    return folder === undefined ? [] : await readdir(join(releases(), folder));
  };
  const sizeOfHalf = async () => {
    const names = await readdir(releases(), { recursive: true }).catch(() => []);
    const half = names.find((name) => name.endsWith('.tmp'));
    return half ? (await stat(join(releases(), half))).size : 0;
  };
  const history = async () =>
    JSON.parse((await shop.succeed('history', '--json')).stdout).releases[0];

  it('a killed backup leaves no file that looks complete, and no process in production', async () => {
    const deploy = shop.start(...DEPLOY);
    await until(
      'tables are being kept',
      // Some rows have arrived: the program in the container is running.
      async () => (await sizeOfHalf()) > 100_000,
      200_000,
    );
    deploy.kill('SIGKILL');
    expect((await deploy).signal).toBe('SIGKILL');
    expect(await inBackups()).toEqual(['db.sql.gz.tmp']);
    expect((await history()).backups).toEqual([]);
    await until('nobody is at work', async () => {
      const work = await shop.sql(
        "select count(*) from pg_stat_activity where application_name like 'canary%' or query ilike 'copy%'",
      );
      return work === '0';
    });
    const log = await shop.compose('logs', 'db');
    // It was cancelled rather than read to its end, without a crash of the server.
    expect(log).toMatch(/canceling statement|connection to client lost/);
    expect(log).not.toMatch(/terminated by signal|reinitializing/);
  });

  it('what an allowed boot changes is backed up first, readable by its owner only', async () => {
    await shop.succeed(...DEPLOY);
    expect(await inBackups()).toEqual(['db.sql.gz']);
    const { id, backups, rehearsal } = await history();
    const [{ file, bytes, tables, command }] = backups;
    expect(backups).toHaveLength(1);
    expect(tables).toEqual(['archive', 'discount']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
    expect((await stat(file)).size).toBe(bytes);
    expect(command).toBe(
      `gunzip -c ${releases()}/${id}.backup/db.sql.gz | docker compose -p ${shop.project} exec -T db psql -X -q -o /dev/null -U storedog -d storedog`,
    );
    expect(rehearsal).toMatchObject({ result: 'pass', allowed: ['destructive:discount'] });
    expect((await shop.status()).release.rehearsal).toEqual(rehearsal);
    const journal = await readFile(join(releases(), `${id}.jsonl`), 'utf8');
    expect(journal).toContain('"type":"backed-up"');
    expect(journal + gunzipSync(await readFile(file)).toString()).not.toContain(PASSWORD);
    expect(await shop.sql('select min(value) from discount')).toBe('99');
  });

  it('a deploy of the same commit makes no second backup, because the tables have changed', async () => {
    const [kept] = (await history()).backups;
    const { mtimeMs } = await stat(kept.file);
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '0');
    expect((await stat(kept.file)).mtimeMs).toBe(mtimeMs);
  });

  it('a revert reports what stays', async () => {
    const { stdout, stderr } = await shop.succeed('revert', '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).databaseChanges.sort()).toEqual([
      'all 3 rows of discount are overwritten.',
      'column archive.note is new.',
      'column discount.note is new.',
      'table coupon is new.',
    ]);
  });

  it('the printed command restores the tables, and the stable works with them', async () => {
    const { stdout } = await shop.succeed('history');
    const command = stdout.split('\n').find((line) => line.includes('gunzip')) ?? '';
    expect(stdout).toContain('without anything written since (remove the canary first)');
    // Since then, as in every shop: rows that name a discount which the restore removes.
    await shop.sql("insert into discount (name, code, value) values ('Late', 'LATE', 5)");
    await shop.sql("insert into orders (discount_id) select id from discount where code <> 'LATE'");
    const { stderr } = await execa('sh', ['-c', command], { stdin: 'ignore' });
    expect(stderr).toBe('');
    const [rows, sequence] = [before, await shop.sql(FACTS)].map((facts) => facts.split('|'));
    expect(sequence?.slice(0, -1)).toEqual(rows?.slice(0, -1));
    await shop.untilShopAnswers('discount');
    expect(await shop.sql('select count(*) from orders')).toBe('33');
    await expect(shop.sql('insert into orders (discount_id) values (77)')).rejects.toThrow(
      'violates foreign key',
    );
    await shop.sql("insert into discount (name, code, value) values ('New', 'NEW', 5)");
  });

  it('rows that name missing ones are reported, and the foreign key is restored anyway', async () => {
    await shop.sql('insert into orders (discount_id) select max(id) from discount');
    const [{ command }] = (await history()).backups;
    const { stderr } = await execa('sh', ['-c', command], { stdin: 'ignore' });
    expect(stderr).toContain('rows of public.orders name rows that are not there any more');
    await expect(shop.sql('insert into orders (discount_id) values (77)')).rejects.toThrow(
      'violates foreign key',
    );
  });

  it('a view created since stops the restore, and everything stays as it was', async () => {
    await shop.sql('create view later as select * from discount');
    await shop.sql('update discount set value = 1');
    const [{ command }] = (await history()).backups;
    const { exitCode, stderr } = await execa('sh', ['-c', command], {
      stdin: 'ignore',
      reject: false,
    });
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('view public.later depends on table public.discount'),
    });
    expect(await shop.sql('select max(value) from discount')).toBe('1');
  });

  it('a promotion reports what stays, and so does its later revert', async () => {
    await shop.sql('drop view later');
    const app = await shop.read('discounts/app.py');
    await shop.commitOn('canary', 'discounts/app.py', app + BOOT);
    await shop.succeed(...DEPLOY);
    const promoted = await shop.succeed('promote', '--force', '--json');
    const { release, databaseChanges } = JSON.parse(promoted.stdout);
    expect(databaseChanges).toContain('column discount.note is new.');
    const { stderr } = await shop.succeed('revert', release);
    expect(stderr).toMatch(
      /What the canary changed in the database stays: .*column discount\.note is new.* you allowed it\. Tables were kept as before: `canary history` tells how to put them back/,
    );
    expect((await shop.status()).release).toBeNull();
    await shop.untilShopAnswers('discount');
  });
});
