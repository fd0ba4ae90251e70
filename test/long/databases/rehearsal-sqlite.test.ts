import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/database/finding.ts';
import { findingsOf } from '../../../src/database/findings.ts';
import { copySqliteFiles, type SqliteCopy } from '../../../src/rehearsal/sqlite/sqlite.ts';
import { ContainerStreams } from '../../../src/system/docker/container-streams.ts';
import { SqliteShop } from '../../support/sqlite-shop.ts';

const streams = new ContainerStreams(process.env);

/** A boot that runs statements on the shop's database. */
const statements = (...sql: string[]) => `
import sqlite3
sqlite3.connect('/data/shop/app.db').executescript(${JSON.stringify(`${sql.join(';\n')};`)})
`;

const MAKE_ANEW = (table: string, definition: string, columns: string) => [
  `CREATE TABLE other (${definition})`,
  `INSERT INTO other SELECT ${columns} FROM ${table}`,
  `DROP TABLE ${table}`,
  `ALTER TABLE other RENAME TO ${table}`,
];

describe('SQLite databases on a shared volume', () => {
  let shop: SqliteShop;

  beforeAll(async () => {
    shop = await SqliteShop.start();
  });

  afterAll(() => shop.dispose());

  async function copy(
    script: string,
    options: Partial<Parameters<typeof copySqliteFiles>[2]> = {},
  ) {
    const folder = await shop.canary(script);
    const signal = new AbortController().signal;
    const all = { signal, onBytes: () => undefined, ...options };
    return { folder, copies: await copySqliteFiles(streams, [folder], all) };
  }

  async function rehearse(script: string) {
    const { folder, copies } = await copy(script);
    try {
      const output = await shop.boot(folder);
      const findings: Finding[] = [];
      for (const each of copies) findings.push(...(await judge(each)));
      return { copies, output, told: findings.map((each) => `${each.class}: ${each.text}`) };
    } finally {
      for (const each of copies) await each.discard();
    }
  }

  async function judge(each: SqliteCopy) {
    const limits = { lock: 1000, massShare: 10, hasAllRows: true };
    return findingsOf(each.name, await each.look(), limits);
  }

  // Each with its own copy: they wait for containers, and can do so in parallel.
  it.concurrent.each<[string, string[], string[]]>([
    ['nothing', ['SELECT 1'], []],
    ['rows added', ["INSERT INTO discounts (code) VALUES ('new')"], []],
    [
      'a dropped table',
      ['DROP TABLE photos'],
      ['destructive: table photos is dropped, with its 50 rows'],
    ],
    [
      'a table dropped and made anew',
      [
        'DROP TABLE photos',
        'CREATE TABLE photos (name VARCHAR(20), content BLOB, size AS (length(content)))',
      ],
      ['destructive: all 50 rows of photos are deleted'],
    ],
    [
      'all rows deleted',
      ['DELETE FROM settings', 'DELETE FROM search'],
      [
        'destructive: all 50 rows of search are deleted',
        'destructive: all 3 rows of settings are deleted',
      ],
    ],
    [
      'rows deleted and others added',
      [
        'DELETE FROM discounts WHERE id <= 10',
        "INSERT INTO discounts (code) SELECT 'new' || id FROM discounts",
      ],
      ['destructive: 10 of the 50 rows of discounts are deleted'],
    ],
    [
      'values overwritten, by case alone',
      [
        'UPDATE discounts SET code = upper(code)',
        "UPDATE settings SET key = 'Theme' WHERE key = 'theme'",
      ],
      [
        'destructive: all 50 rows of discounts are overwritten',
        'none: 1 of the 3 rows of settings is overwritten',
      ],
    ],
    [
      'blobs overwritten, in a table without a key',
      ['UPDATE photos SET content = zeroblob(500) WHERE rowid <= 25'],
      ['destructive: 25 of the 50 rows of photos are overwritten'],
    ],
    [
      'columns added',
      [
        'ALTER TABLE discounts ADD note TEXT',
        "ALTER TABLE photos ADD kind TEXT NOT NULL DEFAULT 'jpg'",
      ],
      [
        'expanding: column discounts.note is new',
        'expanding: column photos.kind is new',
        'expanding: view cheap has new columns at its end',
      ],
    ],
    [
      'a renamed column',
      ['ALTER TABLE photos RENAME name TO title'],
      [
        'contracting: column photos.name is dropped, with its values',
        'expanding: column photos.title is new',
      ],
    ],
    [
      'a table made again by copying all rows',
      MAKE_ANEW(
        'photos',
        'name VARCHAR(80), content BLOB, size AS (length(content)), note',
        'name, content, NULL',
      ),
      ['expanding: column photos.note is new'],
    ],
    [
      'a table made again without half of its rows, a key and a rule',
      [
        'DROP VIEW cheap',
        ...MAKE_ANEW('discounts', 'id INTEGER PRIMARY KEY, code TEXT NOT NULL, percent TEXT', '* '),
        'DELETE FROM discounts WHERE id > 25',
      ],
      [
        'destructive: 25 of the 50 rows of discounts are deleted',
        'contracting: column discounts.percent changes its type from integer to text',
        'contracting: unique (code) of discounts is dropped',
        'contracting: index by_percent of discounts is dropped',
        'contracting: view cheap is dropped',
        'expanding: check (percent < 100) of discounts is dropped',
      ],
    ],
    [
      'what belongs to a table',
      [
        'DROP TRIGGER stamp',
        'CREATE TRIGGER other AFTER INSERT ON visits BEGIN SELECT 1; END',
        'CREATE UNIQUE INDEX names ON photos (name)',
        'CREATE TABLE more (id REFERENCES discounts)',
      ],
      [
        'contracting: unique index names of photos is new',
        'contracting: trigger stamp of settings is dropped',
        'contracting: trigger other of visits is new',
        'expanding: table more is new',
      ],
    ],
  ])('%s', async (_, sql, expected) => {
    const { told, copies } = await rehearse(statements(...sql));
    expect(copies.map(({ name }) => name)).toEqual([
      'shop-data/crashed.bin',
      'shop-data/shop/app.db',
    ]);
    expect(told).toEqual(expected);
  });

  it('are compared even if only the program can order or search them', async () => {
    const { told } = await rehearse(
      statements(
        'PRAGMA ignore_check_constraints = ON',
        "UPDATE own SET word = 'x' WHERE word = 'b'",
        'DROP TABLE old_search',
      ),
    );
    expect(told.filter((each) => !each.includes('old_search'))).toEqual([
      'none: 1 of the 2 rows of own is overwritten',
    ]);
    // A table of a module that is not here is only known by its definition.
    expect(told.filter((each) => each.includes('of table old_search '))).toHaveLength(1);
    expect(told).toContain('destructive: table old_search_content is dropped, with its 1 row');
  });

  it('count as dropped with every table if their file is deleted', async () => {
    const { told } = await rehearse("import os\nos.remove('/data/crashed.bin')");
    expect(told).toEqual(['destructive: table counts is dropped, with its 300 rows']);
  });

  it('are copied as of one moment, with owner and mode, and without other files', async () => {
    const { output } = await rehearse(`
import os, sqlite3
for path in ('/data/shop', '/data/shop/app.db'):
    status = os.stat(path)
    print(oct(status.st_mode & 0o777), status.st_uid, status.st_gid)
print(sorted(os.listdir('/data')), os.listdir('/data/shop'))
shop, crashed = sqlite3.connect('/data/shop/app.db'), sqlite3.connect('/data/crashed.bin')
print(shop.execute('PRAGMA journal_mode').fetchone(), shop.execute('PRAGMA integrity_check(photos)').fetchone())
print(crashed.execute('SELECT number, count(*) FROM counts GROUP BY number').fetchall())
print(shop.execute('SELECT count(*) FROM visits').fetchone()[0] > 0)
`);
    expect(output.split('\n')).toEqual([
      '0o750 1000 1000',
      '0o640 1000 1001',
      "['crashed.bin', 'shop'] ['app.db']",
      "('wal',) ('ok',)",
      '[(1, 300)]',
      'True',
    ]);
  });

  it('are only read by a rehearsal', async () => {
    const fingerprint = `
import hashlib, os
for name in ('crashed.bin', 'crashed.bin-journal', 'upload.sqlite'):
    status = os.stat('/data/' + name)
    print(name, status.st_ino, status.st_mtime_ns, hashlib.sha256(open('/data/' + name, 'rb').read()).hexdigest())
print(sorted(os.listdir('/data')), sorted(os.listdir('/data/shop')))
`;
    const before = await shop.python(fingerprint);
    await rehearse(statements('DROP TABLE photos'));
    expect(await shop.python(fingerprint)).toBe(before);
  });

  it('are not copied without enough space', async () => {
    await expect(copy('', { free: 1000 })).rejects.toMatchObject({ code: 'not-rehearsed' });
  });

  it('leave no copy on this machine, even if the rehearsal is stopped in the middle', async () => {
    const stop = new AbortController();
    const { copies } = await copy('', { signal: stop.signal });
    expect(await kept()).toHaveLength(copies.length);
    for (const each of copies.slice(1)) await each.discard();
    stop.abort();
    await expect.poll(kept).toEqual([]);
    const early = new AbortController();
    const onBytes = (total: number) => total > 31_000_000 && early.abort();
    await expect(copy('', { signal: early.signal, onBytes })).rejects.toThrow();
    await expect.poll(kept).toEqual([]);
  });

  async function kept() {
    const own = new RegExp(`-${process.pid}-`);
    const home = join(tmpdir(), `canary-${process.getuid?.()}`);
    return (await readdir(home)).filter((name) => own.test(name));
  }
});
