import { afterAll, beforeAll, expect, it } from 'vitest';
import { RehearsalShop } from '../../support/rehearsal-shop.ts';
import { until } from '../../support/storedog.ts';

let rehearsal: RehearsalShop;

beforeAll(async () => {
  rehearsal = await RehearsalShop.create((compose) => compose);
  await rehearsal.shop.sql(
    'create table t_column_dropped (id int primary key, code varchar(50)); insert into t_column_dropped select i, i from generate_series(1, 100) i;',
  );
});
afterAll(() => rehearsal.dispose());

it('the next rehearsal cleans up after a killed one; an exception is for one table; safe changes pass and are recorded', async () => {
  const { shop } = rehearsal;
  await rehearsal.bootWithSql(
    'ALTER TABLE discount ADD COLUMN IF NOT EXISTS note text',
    'ALTER TABLE t_column_dropped DROP COLUMN IF EXISTS code',
  );
  const running = shop.start('rehearse');
  await until('the canary boots in its rehearsal', () => rehearsal.boots(), 200_000);
  running.kill('SIGKILL');
  await running;
  expect(await rehearsal.leftovers()).toContain('rehearsal.yml');

  const allow = ['--allow', 'contracting:discount', '--allow'];
  const deploy = ['deploy', '--branch', 'canary', ...allow];
  const refused = await shop.canary(...deploy, 'destructive:t_column_dropped');
  expect(refused.exitCode).toBe(7);
  expect(refused.stderr).toContain('--allow contracting:t_column_dropped');
  expect(await rehearsal.leftovers()).toEqual([]);
  const deployed = await shop.canary(...deploy, 'contracting:t_column_dropped');
  expect(deployed.stderr).toContain('expanding: column discount.note is new');
  expect(deployed.exitCode).toBe(0);
  const { id } = (await shop.status()).release;
  const journal = await shop.read(`.canary/releases/${id}.jsonl`);
  expect(journal).toContain('"allowed":["contracting:t_column_dropped"]');
  expect(
    await shop.sql(
      "select count(*) from information_schema.columns where table_name = 'discount' and column_name = 'note'",
    ),
  ).toBe('1');
  await shop.succeed('revert');
});
