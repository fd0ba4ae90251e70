import { afterAll, beforeAll, expect, it } from 'vitest';
import { RehearsalShop } from '../../support/rehearsal-shop.ts';

/** The stable: keeps a prepared statement, works in the background, and does to the database what it finds there. */
const APP = `
import sys, threading, time
import psycopg2
from flask import Flask
from database import _connect, query

app = Flask(__name__)
opened = {}


def run(sql):
    connection = _connect()
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(sql)
    rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def has(table):
    return bool(run("SELECT 1 FROM pg_tables WHERE tablename = '%s'" % table))


run('CREATE TABLE IF NOT EXISTS booted (at timestamp)')
if has('wiped'):
    run('DELETE FROM wiped')
if run("SELECT 1 FROM information_schema.columns WHERE column_name = 'unbearable'"):
    print('I cannot live with that column')
    sys.exit(3)


def tidy():
    while True:
        if has('session'):
            run('DELETE FROM session WHERE id IN (SELECT min(id) FROM session)')
        time.sleep(0.2)


threading.Thread(target=tidy, daemon=True).start()


def whole(name, heals):
    if name not in opened:
        opened[name] = _connect()
        opened[name].autocommit = True
        opened[name].cursor().execute('PREPARE whole AS SELECT * FROM discount')
    try:
        cursor = opened[name].cursor()
        cursor.execute('EXECUTE whole')
        return str(len(cursor.fetchall()))
    except psycopg2.Error:
        if heals:
            opened.pop(name).close()
        return 'failed', 500


@app.get('/')
def healing():
    return whole('healing', True)


@app.get('/kept')
def kept():
    return whole('kept', False)


@app.get('/discount')
def discount():
    return str(len(query('SELECT id FROM discount')))
`;

/** Drops a table of its own and creates it again, slowly. */
const COMPANION = `
import time
from database import _connect
connection = _connect()
connection.autocommit = True
cursor = connection.cursor()
cursor.execute('DROP TABLE IF EXISTS advert')
cursor.execute('SELECT pg_sleep(2)')
cursor.execute('CREATE TABLE advert (id int)')
while True:
    time.sleep(60)
`;

let rehearsal: RehearsalShop;

beforeAll(async () => {
  rehearsal = await RehearsalShop.create(
    (compose) =>
      compose
        .replace(
          '  discounts:\n',
          `  ads:
    build:
      context: ./discounts
      args:
        BASE: \${PYTHON_IMAGE:-python:3.12}
    command: [python, companion.py]
    environment:
      - POSTGRES_HOST=db
      - POSTGRES_PASSWORD=\${POSTGRES_PASSWORD:-storedog}
    init: true
    depends_on:
      db:
        condition: service_healthy

  discounts:
`,
        )
        .replaceAll('- WEB_CONCURRENCY\n', '- WEB_CONCURRENCY=1\n')
        .replace(
          /( {2}discounts:\n[\s\S]*?depends_on:\n)/,
          '$1      ads:\n        condition: service_started\n',
        ),
    { 'discounts/app.py': APP, 'discounts/companion.py': COMPANION },
  );
  const { shop } = rehearsal;
  const settings = await shop.read('canary.yaml');
  await shop.write(
    'canary.yaml',
    settings.replace(
      'analysis: false',
      'analysis: { checks: [{ get: /kept, expect: { status: 200 } }] }',
    ),
  );
  await shop.sql('create table session as select generate_series(1, 5000) as id');
});
afterAll(() => rehearsal?.dispose());

/** A branch whose code does nothing when it starts, and then this. */
async function branch(...statements: string[]): Promise<void> {
  await rehearsal.bootWithSql(...statements);
  const app = APP.replace(/\nrun\([\s\S]*?\n\n\n/, '\n\n\n').replace(/\nthreading.*/, '');
  await rehearsal.shop.commitOn('canary', 'discounts/app.py', app);
}

/** What `canary rehearse` prints: the findings, and what it says on the way. */
async function rehearsed() {
  const { exitCode, stdout, stderr } = await rehearsal.shop.canary('rehearse');
  const findings = stdout.split('\n').filter((line) => /^[✔✖!] [a-z]+: /.test(line));
  return { exitCode, findings, stderr };
}

it('what the stable and the services that the canary needs do themselves is not put down to the canary', async () => {
  const { shop } = rehearsal;
  // What the stable does when it starts, and a companion too, and the stable all the time.
  await shop.sql('drop table if exists booted');
  await branch('CREATE TABLE IF NOT EXISTS booted (at timestamp)');
  const { exitCode, findings, stderr } = await rehearsed();
  expect(findings).toEqual([]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    'A service that the canary needs changes the database when it starts: table advert is dropped and recreated (`DROP TABLE IF EXISTS advert` by ads).',
  );
  expect(await rehearsal.leftovers()).toEqual([]);
});

it('the stable’s running code is asked with its open connections', async () => {
  await branch('ALTER TABLE discount ADD COLUMN note text');
  const { exitCode, findings } = await rehearsed();
  expect(findings).toEqual([
    "✖ contracting: the stable's own code of discounts fails as it runs, with its open connections: GET /kept: status 500, not 200 (by discounts).",
    '! interrupting: prepared statements with whole rows of discount (`SELECT *`) fail once on each open connection of the stable (`ALTER TABLE discount ADD COLUMN note text` by discounts).',
    "! interrupting: the stable's own code of discounts fails on open connections and then works again: GET /: status 500 (by discounts).",
    '✔ expanding: column discount.note is new (`ALTER TABLE discount ADD COLUMN note text` by discounts).',
  ]);
  expect(exitCode).toBe(7);
});

it('old code that stops on the changed database shows its last lines', async () => {
  await branch('ALTER TABLE session ADD COLUMN unbearable int');
  const { findings, stderr } = await rehearsed();
  expect(findings[0]).toBe(
    "✖ contracting: the stable's own code of discounts stopped with exit code 3 on the changed database (by discounts).",
  );
  expect(stderr).toContain('discounts: I cannot live with that column');
});

it('where the stable harms the database when it starts, that is said, and hides nothing of the canary', async () => {
  const { shop } = rehearsal;
  await shop.sql('create table wiped as select generate_series(1, 50) as id');
  await branch('DELETE FROM wiped WHERE id > 10');
  const { exitCode, findings, stderr } = await rehearsed();
  expect(findings).toEqual([
    '✖ destructive: 40 of the 50 rows of wiped are deleted (`DELETE FROM wiped WHERE id > 10` by discounts).',
  ]);
  expect(exitCode).toBe(7);
  expect(stderr).toContain(
    "The stable's own code changes the database whenever it starts: every row of wiped is deleted (`DELETE FROM wiped` by discounts).",
  );
  expect(await shop.sql('select count(*) from wiped')).toBe('50');
});
