import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '../../../src/compose/model/names.ts';
import { foundByTable, rehearsedBy, TABLES } from '../../support/boot-cases.ts';
import { MariadbShop } from '../../support/mariadb-shop.ts';
import { leftoversIn } from '../../support/rehearsal-shop.ts';
import { until } from '../../support/storedog.ts';

let mariadb: MariadbShop;

const COLUMNS = 'id INT PRIMARY KEY, code VARCHAR(50), amount BIGINT NOT NULL DEFAULT 1';

beforeAll(async () => {
  mariadb = await MariadbShop.create(
    `USE shop; ${TABLES.map(
      (table) =>
        `CREATE TABLE ${table} (${COLUMNS}); INSERT INTO ${table} SELECT seq, CONCAT('code ', seq), seq FROM seq_1_to_100;`,
    ).join('\n')}`,
  );
});
afterAll(async () => {
  await mariadb?.dispose();
});

describe('a canary and a shared MariaDB', () => {
  it('harmful changes are rejected with class, statement and service, and never reach production', async () => {
    const { shop } = mariadb;
    await mariadb.bootWith(
      'TRUNCATE t_truncated',
      'DELETE FROM t_deleted',
      "UPDATE t_overwritten SET code = 'x'",
      'ALTER TABLE t_column_dropped DROP COLUMN code',
      'ALTER TABLE t_column_renamed RENAME COLUMN code TO coupon',
      'ALTER TABLE t_narrowed MODIFY amount INT NOT NULL DEFAULT 1',
      'ALTER TABLE t_required ADD COLUMN more INT NOT NULL',
      'LOCK TABLES t_locked WRITE; SELECT SLEEP(1.6); UNLOCK TABLES',
      'ALTER TABLE t_nullable ADD COLUMN note TEXT',
      'CREATE INDEX by_code ON t_indexed (code)',
      'CREATE TABLE t_new (id INT)',
      'ALTER TABLE t_backfilled ADD COLUMN note TEXT; UPDATE t_backfilled SET note = code',
      'START TRANSACTION; DELETE FROM t_rolled_back; ROLLBACK',
      'DELETE FROM t_tidied WHERE id <= 3',
      'DROP TABLE t_recreated; CREATE TABLE t_recreated (id INT)',
      'INSERT INTO t_recreated VALUES (4711)',
      'SELECT * FROM t_read',
    );
    const before = await mariadb.productionFacts();
    const containers = await shop.containers();
    const deployed = await shop.canary('deploy', '--branch', 'canary');
    expect(deployed.exitCode).toBe(7);
    expect(deployed.stderr).toContain('The canary would harm the shared database: destructive: ');
    for (const line of [
      'destructive: table t_recreated is dropped and recreated, without its 100 rows (`DROP TABLE t_recreated` by web).',
      'destructive: table t_truncated is emptied of its 100 rows (`TRUNCATE t_truncated` by web).',
      'contracting: column t_column_renamed.code is renamed to coupon (`ALTER TABLE t_column_renamed RENAME COLUMN code TO coupon` by web).',
    ])
      expect(deployed.stderr).toContain(line);
    expect(deployed.stderr).not.toContain('4711');
    const report = await rehearsedBy(shop);
    expect(foundByTable(report, [...TABLES, 't_new'])).toEqual({
      t_truncated: ['destructive table-truncated web'],
      t_deleted: ['destructive rows-deleted web'],
      t_overwritten: ['destructive rows-updated web'],
      t_column_dropped: ['contracting column-dropped web'],
      t_column_renamed: ['contracting column-renamed web'],
      t_narrowed: ['contracting column-retyped web', 'expanding table-rewritten web'],
      t_required: ['contracting column-required web'],
      t_locked: ['contracting lock-held web'],
      t_nullable: ['expanding column-added web'],
      t_indexed: ['expanding index-added web'],
      t_backfilled: ['expanding column-added web'],
      t_rolled_back: [],
      t_tidied: ['none rows-deleted web'],
      t_recreated: [
        'destructive table-recreated web',
        'contracting column-dropped web',
        'contracting column-dropped web',
        'contracting constraint-dropped web',
        'expanding column-nullable web',
      ],
      t_read: [],
      t_new: ['expanding table-added web'],
    });
    expect(report.findings.find(({ object }) => object === 't_overwritten')).toMatchObject({
      text: 'all 100 rows of t_overwritten are overwritten',
      statement: "UPDATE t_overwritten SET code = '…'",
    });
    expect(report.findings.find(({ object }) => object === 't_locked')).toMatchObject({
      statement: 'LOCK TABLES t_locked WRITE',
    });
    expect(report.databases).toMatchObject([{ service: 'db', data: 'full' }]);
    expect(await mariadb.productionFacts()).toBe(before);
    expect(await shop.containers()).toEqual(containers);
    expect(await leftoversIn(shop)).toEqual([]);
    // Nothing of it runs: it is history.
    expect((await shop.status()).release).toBeNull();
    expect(await shop.newestState()).toBe('failed');
  });

  it('safe changes pass and reach production', async () => {
    const { shop } = mariadb;
    const containers = await shop.stableContainers();
    await mariadb.bootWith('ALTER TABLE t_nullable ADD COLUMN IF NOT EXISTS note TEXT');
    const deployed = await shop.canary('deploy', '--branch', 'canary');
    expect(deployed.stderr).toContain('expanding: column t_nullable.note is new');
    expect(deployed.exitCode).toBe(0);
    expect(await leftoversIn(shop)).toEqual([]);
    await shop.succeed('revert');
    expect(await mariadb.root('SELECT COUNT(*), COUNT(note) FROM shop.t_nullable;')).toBe('100\t0');
    expect(await shop.stableContainers()).toEqual(containers);
  });

  it('an abort cleans up after a rehearsal that was killed while the canary boots', async () => {
    const { shop } = mariadb;
    const before = await mariadb.productionFacts();
    await mariadb.bootWith('DELETE FROM t_read', 'SELECT SLEEP(30)');
    const running = shop.start('rehearse');
    await until(
      'the canary boots in its rehearsal',
      async () => (await mariadb.saidToCopy()).includes('SLEEP(30)'),
      200_000,
    );
    running.kill('SIGKILL');
    await running;
    expect(await leftoversIn(shop)).toContain('rehearsal.yml');
    expect((await shop.canary('abort')).exitCode).toBe(0);
    expect(await leftoversIn(shop)).toEqual([]);
    expect(await mariadb.sessions()).toBe('');
    expect(await mariadb.productionFacts()).toBe(before);
  });

  it('an abort removes the remains of a rehearsal even while the database is down', async () => {
    const { shop } = mariadb;
    await shop.write('.canary/rehearsal.yml', '');
    const labels = [
      `com.docker.compose.project=${shop.project}-rehearsal`,
      `${LABEL.role}=rehearsal`,
    ].flatMap((label) => ['--label', label]);
    await execa('docker', ['volume', 'create', ...labels, `${shop.project}-rehearsal_left`]);
    expect(await leftoversIn(shop)).toHaveLength(2);
    await shop.compose('stop', 'db');
    const aborted = await shop.canary('abort');
    await shop.compose('start', 'db');
    expect(aborted.stderr).not.toContain('Could not clean up');
    expect(await leftoversIn(shop)).toEqual([]);
  });
});
