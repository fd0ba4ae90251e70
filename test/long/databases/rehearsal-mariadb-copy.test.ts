import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findingsOf } from '../../../src/database/findings.ts';
import { dumpProgram, dumpTables } from '../../../src/rehearsal/mysql/dump.ts';
import { mysql } from '../../../src/rehearsal/mysql/mysql.ts';
import type { ServerContainer } from '../../../src/rehearsal/server-kind.ts';
import { MariadbPair } from '../../support/mariadb-pair.ts';

const SQL = `
USE shop;
CREATE TABLE owner (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE);
INSERT INTO owner SELECT seq, CONCAT('Zoë 🐤 ', seq) FROM seq_1_to_40;
CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, owner INT NOT NULL, price DECIMAL(8,2), raw LONGBLOB, extra JSON,
  gross DECIMAL(10,2) AS (price * 1.2) STORED, kind ENUM('a', 'b, c', 'it''s'), made DATETIME(6) DEFAULT NOW(6),
  CONSTRAINT item_owner FOREIGN KEY (owner) REFERENCES owner (id), CHECK (price >= 0));
INSERT INTO item (owner, price, raw, extra, kind) SELECT seq, seq / 3, UNHEX('00FF270A5C'), '{"a": 1}', 'b, c' FROM seq_1_to_40;
CREATE TABLE \`odd-näme\` (\`a b\` INT, old LONGTEXT) ENGINE=MyISAM;
INSERT INTO \`odd-näme\` VALUES (1, 'x');
CREATE VIEW dear AS SELECT id, gross FROM item WHERE price > 5;
DELIMITER //
CREATE TRIGGER cents BEFORE INSERT ON item FOR EACH ROW BEGIN SET NEW.price = ROUND(NEW.price, 2); END//
CREATE FUNCTION one() RETURNS INT DETERMINISTIC BEGIN RETURN 1; END//
DELIMITER ;
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM owner WHERE id = 0;
CREATE DATABASE audit;
CREATE TABLE audit.trail (id INT PRIMARY KEY, note TEXT);
INSERT INTO audit.trail VALUES (1, 'first');
CREATE ROLE looker;
GRANT SELECT ON shop.* TO looker;
CREATE USER report@'%' IDENTIFIED BY 'report''s \\\\ "secret"';
GRANT looker TO report@'%';
SET DEFAULT ROLE looker FOR report@'%';
GRANT INSERT (note) ON audit.trail TO report@'%';
DROP DATABASE leftover;
DROP USER stray@'%';
ALTER USER app@'%' REQUIRE NONE;
`;

let pair: MariadbPair;
let full: ServerContainer;

beforeAll(async () => {
  pair = await MariadbPair.start({
    environment: {
      MYSQL_ROOT_PASSWORD_FILE: '/run/secrets/root',
      MYSQL_DATABASE: 'shop',
      MYSQL_USER: 'app',
      MYSQL_PASSWORD: 'app\'s \\ "secret"',
    },
    files: {
      '/run/secrets/root': 'root\'s \\ "secret"\n',
      '/docker-entrypoint-initdb.d/made.sql':
        'CREATE DATABASE leftover; CREATE TABLE owner (gone INT); INSERT INTO owner VALUES (1); CREATE USER stray; DROP TABLE owner; CREATE TABLE stale (id INT);',
    },
    sql: `DROP TABLE shop.stale; ${SQL}`,
  });
  full = await pair.copy({
    onBytes: (total) => {
      bytes = total;
    },
  });
});

afterAll(async () => {
  await pair?.dispose();
});

let bytes = 0;

/** All definitions and rows, as the server's own program writes them. */
async function contents(place: ServerContainer, ...options: string[]): Promise<string> {
  const args = ['--skip-dump-date', '--skip-comments', '--routines', '--events', ...options];
  const { stdout } = await execa('docker', [
    ...['exec', place.container],
    ...dumpProgram(place.container, [...args, '--databases', 'shop', 'audit']).command,
  ]);
  return stdout.replace(/AUTO_INCREMENT=\d+/g, '');
}

test('a full copy contains exactly what the original contains', async () => {
  expect(await contents(full)).toBe(await contents(pair.original));
  expect(bytes).toBeGreaterThan(1000);
  for (const place of [full, pair.original])
    expect(await pair.root(place, 'SHOW DATABASES;')).not.toMatch(/leftover|canary/);
  const accounts = "SELECT user, host FROM mysql.user WHERE user <> '' ORDER BY 1, 2;";
  expect(await pair.root(full, accounts)).toBe(await pair.root(pair.original, accounts));
  const grants = "SHOW GRANTS FOR report@'%'; SHOW GRANTS FOR looker; SHOW GRANTS FOR app@'%';";
  expect(await pair.root(full, grants)).toBe(await pair.root(pair.original, grants));
});

test('accounts log in to the copy as to the original', async () => {
  expect(await pair.asCanary(full, 'SELECT COUNT(*) FROM item;')).toBe('40');
  expect(await pair.asCanary(full, 'SELECT COUNT(*) FROM item;', undefined, 'report')).toBe('40');
  await expect(pair.asCanary(full, 'DELETE FROM item;', undefined, 'report')).rejects.toThrow(
    'command denied',
  );
});

test('the size of the data is measured, and whether a copy is quiet', async () => {
  const { bytes: size, free } = await mysql.measure(pair.original);
  await pair.root(
    pair.original,
    'USE shop; CREATE TABLE audit.many AS SELECT seq AS id, REPEAT(MD5(seq), 10) AS text FROM seq_1_to_20000;',
  );
  const { bytes: more } = await mysql.measure(pair.original);
  await pair.root(pair.original, 'DROP TABLE audit.many;');
  expect(size).toBeGreaterThan(100_000);
  expect(more).toBeGreaterThan(size + 6_000_000);
  expect(free).toBeGreaterThan(1_000_000);
  expect(await mysql.isQuiet(full, [])).toBe(true);
  const watch = await mysql.watch(full);
  expect(await mysql.isQuiet(full, [])).toBe(true);
  const ended = expect(pair.asCanary(full, 'DO SLEEP(60);')).rejects.toThrow();
  await expect.poll(() => mysql.isQuiet(full, []), { timeout: 20_000 }).toBe(false);
  await pair.root(full, 'KILL USER app;');
  await ended;
  await watch.end(() => undefined);
});

test('without rows a DELETE of all rows is still reported, and a rolled back one is not', async () => {
  const copy = await pair.copy({ data: 'schema' });
  const schema = (text: string) => text.replaceAll(/ALTER DATABASE.*/g, '');
  expect(schema(await contents(copy, '--no-data'))).toBe(
    schema(await contents(pair.original, '--no-data')),
  );
  expect(await pair.root(copy, 'SELECT COUNT(*) FROM shop.item;')).toBe('0');
  const observation = await pair.observed(
    copy,
    'BEGIN; DELETE FROM owner; ROLLBACK; BEGIN; DELETE FROM item; COMMIT; ALTER TABLE item FORCE;',
  );
  const limits = { lock: 5000, massShare: 10, hasAllRows: false };
  expect(findingsOf('db', observation, limits)).toMatchObject([
    { class: 'destructive', kind: 'rows-deleted', object: 'item', statement: 'DELETE FROM item' },
    { class: 'contracting', kind: 'table-rewritten', object: 'item' },
  ]);
});

test('a sample has this many rows of each table', async () => {
  const copy = await pair.copy({ data: 'sample', sample: 7 });
  expect(
    await pair.root(
      copy,
      'SELECT (SELECT COUNT(*) FROM shop.item), (SELECT COUNT(*) FROM audit.trail);',
    ),
  ).toBe('7\t1');
  const observation = await pair.observed(copy, 'UPDATE owner SET name = UPPER(name);');
  expect(observation.writes).toMatchObject([{ table: 'owner', kind: 'update', rows: 7 }]);
  expect(observation.changes).toEqual([]);
});

test('a backup restores its tables', async () => {
  const before = await contents(full);
  const { command } = dumpTables(full, ['item', 'audit.trail', 'odd-näme']);
  const { stdout } = await execa('docker', ['exec', full.container, ...command]);
  await pair.root(
    full,
    'USE shop; DELETE FROM item; DROP TABLE `odd-näme`; ALTER TABLE audit.trail DROP COLUMN note;',
  );
  await pair.root(full, stdout);
  expect(await contents(full)).toBe(before);
});

test('a wrong password is reported without showing it', async () => {
  await pair.root(full, "ALTER USER root@localhost IDENTIFIED BY 'another';");
  const error = await mysql.measure(full).catch((each) => each);
  expect(error).toMatchObject({ code: 'not-rehearsed' });
  expect(JSON.stringify([error.message, error.details, error.hint])).toMatch(/Access denied/);
  expect(JSON.stringify([error.message, error.details])).not.toContain('secret');
});

test('a dump ends with its client', async () => {
  await pair.root(
    pair.original,
    'USE shop; CREATE TABLE audit.big AS SELECT seq AS id, REPEAT(MD5(seq), 60) AS text FROM seq_1_to_100000;',
  );
  const streams = pair.original.streams;
  const dump = dumpProgram(pair.original.container, ['--databases', 'audit']);
  const running = () =>
    pair.root(
      pair.original,
      "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT /*!40001%';",
    );
  // A dump that reads to its end disconnects cleanly.
  const broken = () => pair.root(pair.original, "SHOW GLOBAL STATUS LIKE 'Aborted_clients';");
  const before = await broken();
  const stopped = streams
    .pipe(dump, { container: full.container, command: ['sleep', '300'] })
    .catch(() => 'broken off');
  await expect.poll(running, { timeout: 30_000 }).toBe('1');
  const { stdout } = await execa('pgrep', [
    '-f',
    `docker exec --interactive ${pair.original.container} sh`,
  ]);
  for (const id of stdout.split('\n')) process.kill(Number(id), 'SIGKILL');
  await expect.poll(running, { timeout: 30_000 }).toBe('0');
  expect(await broken()).not.toBe(before);
  await execa('docker', ['exec', full.container, 'pkill', 'sleep']);
  expect(await stopped).toBe('broken off');
});
