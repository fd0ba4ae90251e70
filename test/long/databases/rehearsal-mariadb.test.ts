import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/database/finding.ts';
import { findingsOf } from '../../../src/database/findings.ts';
import type { ServerContainer } from '../../../src/rehearsal/server-kind.ts';
import { addressOf, CANARY, MariadbPair } from '../../support/mariadb-pair.ts';

const LIMITS = { lock: 400, massShare: 10, hasAllRows: true };

/** What one boot of a canary does, each to a table named after it, and what is found. */
const MATRIX: Record<string, { sql: string; found: [string, string, string | null][] }> = {
  recreate: {
    sql: 'DROP TABLE IF EXISTS `recreate`; CREATE TABLE `recreate` (id INT PRIMARY KEY, code VARCHAR(40), price INT NOT NULL DEFAULT 1, twice INT NOT NULL DEFAULT 0); INSERT INTO `recreate` VALUES (1, "seed", 1, 1);',
    found: [['destructive', 'table-recreated', 'DROP TABLE IF EXISTS `recreate`']],
  },
  emptied: {
    sql: "TRUNCATE TABLE emptied; INSERT INTO emptied VALUES (1, 'seed', 1, 1);",
    found: [['destructive', 'table-truncated', 'TRUNCATE TABLE emptied']],
  },
  deleted: {
    sql: 'DELETE FROM shop.deleted;',
    found: [['destructive', 'rows-deleted', 'DELETE FROM shop.deleted']],
  },
  cut: {
    sql: 'ALTER TABLE cut DROP COLUMN price;',
    found: [['contracting', 'column-dropped', 'ALTER TABLE cut DROP COLUMN price']],
  },
  renamed: {
    sql: 'ALTER TABLE renamed RENAME COLUMN code TO coupon;',
    found: [['contracting', 'column-renamed', 'ALTER TABLE renamed RENAME COLUMN code TO coupon']],
  },
  changed: {
    sql: "ALTER TABLE changed CHANGE code coupon VARCHAR(40) DEFAULT 'x';",
    found: [
      [
        'contracting',
        'column-renamed',
        "ALTER TABLE changed CHANGE code coupon VARCHAR(40) DEFAULT '…'",
      ],
      [
        'expanding',
        'default-added',
        "ALTER TABLE changed CHANGE code coupon VARCHAR(40) DEFAULT '…'",
      ],
    ],
  },
  narrowed: {
    sql: 'ALTER TABLE narrowed MODIFY code VARCHAR(8);',
    found: [
      ['contracting', 'column-retyped', 'ALTER TABLE narrowed MODIFY code VARCHAR(8)'],
      ['expanding', 'table-rewritten', 'ALTER TABLE narrowed MODIFY code VARCHAR(8)'],
    ],
  },
  required: {
    sql: 'ALTER TABLE required ADD COLUMN owner INT NOT NULL;',
    found: [
      ['contracting', 'column-required', 'ALTER TABLE required ADD COLUMN owner INT NOT NULL'],
    ],
  },
  locked: {
    sql: 'LOCK TABLES locked WRITE; SELECT SLEEP(0.8); UNLOCK TABLES;',
    found: [['contracting', 'lock-held', 'LOCK TABLES locked WRITE']],
  },
  widened: {
    sql: 'ALTER TABLE widened ADD COLUMN note TEXT NULL, ADD COLUMN data JSON;',
    found: [
      [
        'expanding',
        'column-added',
        'ALTER TABLE widened ADD COLUMN note TEXT NULL, ADD COLUMN data JSON',
      ],
      [
        'expanding',
        'column-added',
        'ALTER TABLE widened ADD COLUMN note TEXT NULL, ADD COLUMN data JSON',
      ],
    ],
  },
  added: {
    sql: 'CREATE TABLE IF NOT EXISTS added_new (id INT PRIMARY KEY); CREATE TABLE IF NOT EXISTS added (id INT);',
    found: [
      ['expanding', 'table-added', 'CREATE TABLE IF NOT EXISTS added_new (id INT PRIMARY KEY)'],
    ],
  },
  indexed: {
    sql: 'CREATE INDEX by_code ON indexed (code);',
    found: [['expanding', 'index-added', 'CREATE INDEX by_code ON indexed (code)']],
  },
  read: { sql: 'SELECT COUNT(*) FROM `read`; SELECT * FROM `read` WHERE id = 1;', found: [] },
  overwritten: {
    sql: "UPDATE overwritten SET code = 'it''s a \"secret\"', price = 2 WHERE id > 0 # of all\n;",
    found: [
      ['destructive', 'rows-updated', "UPDATE overwritten SET code = '…', price = 2 WHERE id > 0"],
    ],
  },
  filled: {
    sql: 'ALTER TABLE filled ADD COLUMN note VARCHAR(20) NULL; UPDATE filled SET note = "x";',
    found: [['expanding', 'column-added', 'ALTER TABLE filled ADD COLUMN note VARCHAR(20) NULL']],
  },
  few: {
    sql: 'DELETE FROM few WHERE id = 1; UPDATE few SET price = 7 WHERE id = 2; INSERT INTO few VALUES (900, "new", 1, 1);',
    found: [
      ['none', 'rows-deleted', 'DELETE FROM few WHERE id = 1'],
      ['none', 'rows-updated', 'UPDATE few SET price = 7 WHERE id = 2'],
    ],
  },
  moved: {
    sql: 'RENAME TABLE moved TO moved_away;',
    found: [['contracting', 'table-renamed', 'RENAME TABLE moved TO moved_away']],
  },
  keyless: {
    sql: 'UPDATE keyless SET price = price + 1;',
    found: [['destructive', 'rows-updated', 'UPDATE keyless SET price = price + 1']],
  },
  // The last one: what its session does later is not committed.
  kept: {
    sql: 'START TRANSACTION; DELETE FROM kept; ROLLBACK; SET autocommit=0; UPDATE kept SET price = 9;',
    found: [],
  },
};

const tables = Object.keys(MATRIX)
  .map(
    (name) => `
    CREATE TABLE \`${name}\` (id INT ${name === 'keyless' ? '' : 'PRIMARY KEY'}, code VARCHAR(40), price INT NOT NULL DEFAULT 1,
      twice INT NOT NULL DEFAULT 0);
    INSERT INTO \`${name}\` SELECT seq, CONCAT('code ', seq), seq, 2 FROM seq_1_to_50;`,
  )
  .join('\n');

let pair: MariadbPair;
let copy: ServerContainer;
let untouched: string;
let booted: Finding[];

beforeAll(async () => {
  pair = await MariadbPair.start({
    environment: {
      MARIADB_ROOT_PASSWORD: 'root\'s \\ "secret"',
      MARIADB_DATABASE: 'shop',
      MARIADB_USER: 'app',
      MARIADB_PASSWORD: 'app\'s \\ "secret"',
    },
    sql: `USE shop; ${tables}
      CREATE TABLE parent (id INT PRIMARY KEY);
      CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE);
      INSERT INTO parent SELECT seq FROM seq_1_to_50;
      INSERT INTO child SELECT seq, seq FROM seq_1_to_50;
      CREATE PROCEDURE wipe() BEGIN DELETE FROM few; END;
      CREATE VIEW cheap AS SELECT id FROM few WHERE price < 10;`.replace(
      /CREATE PROCEDURE.*END;/,
      'DELIMITER //\n$&//\nDELIMITER ;',
    ),
  });
  untouched = await fingerprint();
  copy = await pair.copy();
  booted = await judged(
    Object.values(MATRIX)
      .map(({ sql }) => sql)
      .join('\n'),
  );
});

afterAll(async () => {
  await pair?.dispose();
});

/** Rows, checksums and numbers of all tables of the original. */
async function fingerprint(): Promise<string> {
  const names = [...Object.keys(MATRIX), 'parent', 'child'].map((name) => `shop.\`${name}\``);
  return pair.root(
    pair.original,
    `CHECKSUM TABLE ${names.join(', ')}; SELECT name, table_id FROM information_schema.innodb_sys_tables ORDER BY name; SELECT user, host FROM mysql.user; SHOW DATABASES;`,
  );
}

async function judged(statements: string) {
  const observation = await pair.observed(copy, statements);
  return findingsOf('db', observation, LIMITS);
}

/** The table that a finding is about. */
const tableOf = ({ object }: Finding) => object.replace('_new', '');

test.each(Object.entries(MATRIX))('%s', (name, { found }) => {
  const findings = booted.filter((each) => tableOf(each) === name);
  expect(
    findings.map(({ class: kind, kind: code, statement = null }) => [kind, code, statement]),
  ).toEqual(found);
  for (const { service, database } of findings)
    expect({ service, database }).toEqual({ service: CANARY, database: 'db' });
});

test('nothing else is found', () => {
  expect(Object.keys(MATRIX)).toEqual(expect.arrayContaining(booted.map(tableOf)));
});

test('rows that a cascade deletes are reported', async () => {
  const findings = await judged('DELETE FROM parent WHERE id > 10;');
  expect(findings.map(({ kind, object }) => `${object} ${kind}`).sort()).toEqual([
    'child rows-deleted',
    'parent rows-deleted',
  ]);
  expect(findings[0]?.class).toBe('destructive');
});

test('a dropped view and a new trigger are reported', async () => {
  const findings = await judged(
    'DROP VIEW cheap; CREATE TRIGGER meddle BEFORE INSERT ON few FOR EACH ROW SET NEW.price = 0;',
  );
  expect(findings.map(({ class: level, kind, statement }) => [level, kind, statement])).toEqual([
    ['contracting', 'view-dropped', 'DROP VIEW cheap'],
    [
      'contracting',
      'trigger-added',
      'CREATE TRIGGER meddle BEFORE INSERT ON few FOR EACH ROW SET NEW.price = 0',
    ],
  ]);
});

test('a procedure that deletes rows is looked into', async () => {
  const findings = await judged('CALL wipe();');
  expect(findings).toMatchObject([
    { class: 'destructive', object: 'few', statement: 'DELETE FROM few', service: CANARY },
  ]);
});

test('changes by other clients have no statement', async () => {
  const { mysql: mysqlServer } = await import('../../../src/rehearsal/mysql/mysql.ts');
  const watch = await mysqlServer.watch(copy);
  await pair.asCanary(copy, 'DELETE FROM `read`;', pair.original.container);
  const canary = await addressOf(copy.container);
  const observation = await watch.end((from) =>
    from === canary ? { service: CANARY } : undefined,
  );
  expect(observation.changes).toEqual([]);
  expect(observation.writes).toEqual([{ table: 'read', kind: 'delete', rows: 50 }]);
});

test('after all tests the original is unchanged', async () => {
  expect(await fingerprint()).toBe(untouched);
});
