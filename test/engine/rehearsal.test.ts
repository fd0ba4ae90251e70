import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundByTable, rehearsedBy, TABLES } from '../support/boot-cases.ts';
import { RehearsalShop } from '../support/rehearsal-shop.ts';

let rehearsal: RehearsalShop;

beforeAll(async () => {
  rehearsal = await RehearsalShop.create((compose) =>
    compose
      .replace(
        '    labels:\n      example.storedog.team: marketing\n',
        '    volumes: ["notes:/notes"]\n    labels:\n      example.storedog.team: marketing\n',
      )
      .replace('  db-data:', '  notes:\n  db-data:'),
  );
  const { shop } = rehearsal;
  await notes(
    "x.execute('create table note (id integer primary key, text text)'); x.executemany('insert into note values (?, ?)', [(i, 'note') for i in range(50)])",
  );
  await shop.sql(
    TABLES.map(
      (table) =>
        `create table ${table} (id int primary key, code varchar(50), amount bigint not null default 1); insert into ${table} select i, 'code ' || i, i from generate_series(1, 100) i;`,
    ).join('\n'),
  );
});
afterAll(async () => {
  await rehearsal.dispose();
});

/** What production's discounts keeps in a file of its own, on a volume shared with its canary. */
function notes(code: string): Promise<string> {
  const program = `import sqlite3; x = sqlite3.connect('/notes/app.db'); ${code}; x.commit()`;
  return rehearsal.shop.compose('exec', '-T', 'discounts', 'python3', '-c', program);
}

describe('a canary and the shared database', () => {
  it('harmful changes are rejected with class, statement and service, and never reach production', async () => {
    const { shop } = rehearsal;
    await rehearsal.bootWithSql(
      // What the seeds do: drop their tables and recreate them.
      'DROP TABLE discount',
      'CREATE TABLE discount (id serial PRIMARY KEY, name text NOT NULL, code text NOT NULL UNIQUE, value integer NOT NULL)',
      "INSERT INTO discount (name, code, value) VALUES ('Secret', 'HUSH', 1)",
      'TRUNCATE t_truncated',
      'DELETE FROM t_deleted',
      "UPDATE t_overwritten SET code = 'x'",
      'ALTER TABLE t_column_dropped DROP COLUMN code',
      'ALTER TABLE t_column_renamed RENAME COLUMN code TO coupon',
      'ALTER TABLE t_narrowed ALTER COLUMN amount TYPE int',
      'ALTER TABLE t_required ALTER COLUMN code SET NOT NULL, ADD COLUMN more int NOT NULL DEFAULT 0',
      'ALTER TABLE t_required ALTER COLUMN more DROP DEFAULT',
      'BEGIN; LOCK TABLE t_locked; SELECT pg_sleep(1.6); COMMIT',
      'ALTER TABLE t_nullable ADD COLUMN note text',
      'CREATE INDEX t_indexed_code ON t_indexed (code)',
      'CREATE TABLE t_new (id int)',
      'ALTER TABLE t_backfilled ADD COLUMN note text; UPDATE t_backfilled SET note = code',
      'BEGIN; DELETE FROM t_rolled_back; ROLLBACK',
      'DELETE FROM t_tidied WHERE id <= 3',
      'DROP TABLE t_recreated; CREATE TABLE t_recreated (id int)',
      'SELECT * FROM t_read',
    );
    const before = await rehearsal.productionFacts();
    const containers = await shop.stableContainers();
    const deployed = await shop.canary('deploy', '--branch', 'canary');
    expect(deployed.exitCode).toBe(7);
    expect(deployed.stderr).toContain('The canary would harm the shared database: destructive: ');
    // The first one is in the message itself, and goes on there.
    for (const line of [
      'destructive: table discount is dropped and recreated, without its 3 rows (`DROP TABLE discount` by discounts).',
      'destructive: table t_truncated is emptied of its 100 rows (`TRUNCATE t_truncated` by discounts).',
      'contracting: column t_column_renamed.code is renamed to coupon (`ALTER TABLE t_column_renamed RENAME COLUMN code TO coupon` by discounts).',
    ])
      expect(deployed.stderr).toContain(line.replace(/\.$/, ''));
    expect(deployed.stderr).toContain('--allow destructive:discount');
    expect(deployed.stderr).not.toContain('HUSH');
    const report = await rehearsedBy(shop);
    expect(foundByTable(report, [...TABLES, 't_new'])).toEqual({
      t_truncated: ['destructive table-truncated discounts'],
      t_deleted: ['destructive rows-deleted discounts'],
      t_overwritten: ['destructive rows-updated discounts'],
      t_column_dropped: ['contracting column-dropped discounts'],
      t_column_renamed: ['contracting column-renamed discounts'],
      t_narrowed: ['contracting column-retyped discounts', 'expanding table-rewritten discounts'],
      t_required: [
        'contracting column-not-null discounts',
        'contracting column-required discounts',
      ],
      t_locked: ['contracting lock-held discounts'],
      t_nullable: ['interrupting result-changed discounts', 'expanding column-added discounts'],
      t_indexed: ['expanding index-added discounts'],
      t_backfilled: ['interrupting result-changed discounts', 'expanding column-added discounts'],
      t_rolled_back: [],
      t_tidied: ['none rows-deleted discounts'],
      t_recreated: [
        'destructive table-recreated discounts',
        'contracting column-dropped discounts',
        'contracting column-dropped discounts',
        'contracting constraint-dropped discounts',
        'expanding column-nullable discounts',
      ],
      t_read: [],
      t_new: ['expanding table-added discounts'],
    });
    expect(report.findings.find(({ object }) => object === 't_overwritten')).toMatchObject({
      text: 'all 100 rows of t_overwritten are overwritten',
      statement: "UPDATE t_overwritten SET code = '…'",
    });
    expect(report.databases).toMatchObject([{ service: 'db', data: 'full' }, { server: 'SQLite' }]);
    expect(await rehearsal.productionFacts()).toBe(before);
    expect(await shop.stableContainers()).toEqual(containers);
    expect((await shop.containers()).map(({ service }) => service)).not.toContain(
      'discounts-canary',
    );
    expect(await rehearsal.leftovers()).toEqual([]);
    // Nothing of it runs: it is history.
    expect((await shop.status()).release).toBeNull();
    expect(await shop.newestState()).toBe('failed');
    // A canary that never started on the real database has changed nothing there.
    const { stdout } = await shop.succeed('abort', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ changed: true, databaseChanges: [] });
  });

  it('a file database on a shared volume is protected, and a rehearsal reaches no real database, stable or outside', async () => {
    const { shop } = rehearsal;
    const [db] = (await shop.containers()).filter(({ service }) => service === 'db');
    const address = await addressOf(db?.id ?? '');
    const dump = 'print(*x.iterdump())';
    const before = await notes(dump);
    await rehearsal.bootWith(
      [
        'import os, socket, sqlite3',
        // No name server answers there; wait less than usual.
        "os.environ['RES_OPTIONS'] = 'timeout:1 attempts:1'",
        'def reach(host, port):',
        '    try:',
        '        socket.create_connection((host, port), 1).close()',
        "        execute('CREATE TABLE reached_%s_%d (id int)' % (host.replace('.', '_').replace('-', '_'), port))",
        '    except OSError:',
        '        pass',
        `for place in (('${address}', 5432), ('172.17.0.1', ${shop.port}), ('host.docker.internal', ${shop.port}), ('1.1.1.1', 53)):`,
        '    reach(*place)',
        // Its only network has its own gateway.
        "gateway = '.'.join(socket.gethostbyname(socket.gethostname()).split('.')[:3]) + '.1'",
        `reach(gateway, ${shop.port})`,
        'reach(gateway, 5432)',
        "connection = sqlite3.connect('/notes/app.db')",
        "connection.execute('DELETE FROM note WHERE id > 3')",
        "connection.execute('CREATE TABLE IF NOT EXISTS tag (name text)')",
        'connection.commit()',
      ].join('\n'),
    );
    const { exitCode, report } = await rehearsal.rehearse();
    expect(exitCode).toBe(7);
    expect(report.databases).toMatchObject([{ service: 'db' }, { server: 'SQLite' }]);
    expect(report.findings.map((each) => `${each.class}: ${each.text}`)).toEqual([
      'destructive: 46 of the 50 rows of note are deleted',
      'expanding: table tag is new',
    ]);
    expect(await notes(dump)).toBe(before);
  });
});

async function addressOf(id: string): Promise<string> {
  const { execa } = await import('execa');
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return (await execa('docker', ['inspect', '--format', format, id])).stdout;
}
