import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpFile } from '../fixture-haproxy.ts';
import { freePorts } from '../ports.ts';
import { quietHealth } from '../quiet-health.ts';
import { Storedog } from '../storedog.ts';
import type { Framework, Work } from './framework.ts';
import { FRAMEWORKS_IMAGE } from './image.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const URL_OF_DATABASE = 'postgres://storedog:storedog@db/storedog';

/** Rows in which something can be lost, and a table whose index takes longer than a lock may. */
const ROWS = `
INSERT INTO products (name, price, note, status)
  SELECT 'product ' || n, n, CASE WHEN n % 2 = 0 THEN 'a note' END, 'draft' FROM generate_series(1, 200) n;
INSERT INTO orders (product_id, quantity) SELECT n, 1 FROM generate_series(1, 100) n;
INSERT INTO visits (path) SELECT md5(n::text) FROM generate_series(1, 400000) n;
`;

const FACTS = `
SELECT relname, oid, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1;
SELECT 'products', count(*), md5(string_agg(t::text, ',' ORDER BY id)) FROM products t;
SELECT 'orders', count(*), md5(string_agg(t::text, ',' ORDER BY id)) FROM orders t;
SELECT 'visits', count(*), sum(hashtext(path)) FROM visits;
SELECT sequencename, last_value FROM pg_sequences ORDER BY 1;
SELECT datname FROM pg_database ORDER BY 1;
SELECT event, evtname FROM (SELECT evtevent AS event, evtname FROM pg_event_trigger) t;
`;

/** A production whose one service is an app of a framework, with PostgreSQL. */
export class FrameworkShop extends Storedog {
  /** Production runs with its rows. */
  static async of(framework: Framework): Promise<FrameworkShop> {
    const project = `canary-test-fw-${randomBytes(4).toString('hex')}`;
    const directory = await mkdtemp(join(tmpdir(), `${project}-`));
    const [port = 0, preview = 0] = await freePorts(2);
    const shop = new FrameworkShop(directory, project, port, preview);
    await cp(join(HERE, framework.folder), directory, { recursive: true });
    await shop.write('Dockerfile', `FROM ${FRAMEWORKS_IMAGE}\nCOPY . /app\n`);
    await shop.write('.dockerignore', '.git\n.canary\n');
    await shop.write('compose.yaml', composeOf(framework, port));
    await shop.write('canary.yaml', configOf(framework, port, preview));
    await shop.write('.env', `COMPOSE_PROJECT_NAME=${project}\n${await setUpFile()}`);
    await shop.git('init', '--quiet', '--initial-branch=main');
    await shop.git('config', 'user.name', 'Framework Test');
    await shop.git('config', 'user.email', 'test@framework.example');
    await writeFile(join(directory, '.git/info/exclude'), '.env\n');
    await shop.git('add', '--all');
    await shop.git('commit', '--quiet', '-m', 'An app');
    try {
      await shop.compose('up', '--detach', '--build', '--quiet-pull');
      await shop.untilShopAnswers();
      await shop.sql(ROWS);
    } catch (error) {
      const logs = await shop.compose('logs', '--no-color', '--tail', '30');
      await shop.dispose();
      throw new Error(`${error}\n${logs}`);
    }
    return shop;
  }

  /** A branch with one commit that makes the change. */
  async branchWith(branch: string, framework: Framework, work: Work): Promise<void> {
    const tree = `${this.directory}-branch`;
    await this.git('worktree', 'add', '--quiet', '-B', branch, tree, 'main');
    try {
      const files = {
        ...(work.migration === undefined ? {} : framework.migration(work.migration)),
        ...work.files,
      };
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(tree, path)), { recursive: true });
        await writeFile(join(tree, path), text);
      }
      for (const [path, from, to] of work.edits ?? []) {
        const text = await readFile(join(tree, path), 'utf8');
        if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
        await writeFile(join(tree, path), text.replace(from, to));
      }
      await this.git('-C', tree, 'add', '--all');
      await this.git('-C', tree, 'commit', '--quiet', '-m', 'A change');
    } finally {
      await this.git('worktree', 'remove', '--force', tree);
      await rm(tree, { recursive: true, force: true });
    }
  }

  /** All of production's database that a rehearsal could change, and what its server complained of. */
  async facts(): Promise<string> {
    const facts = await this.sql(FACTS);
    const log = await this.compose('logs', '--no-color', '--no-log-prefix', 'db');
    const complaints = log.split('\n').filter((line) => /\b(ERROR|FATAL|PANIC):/.test(line));
    return [facts, ...complaints].join('\n');
  }
}

function composeOf({ command, migrate }: Framework, port: number): string {
  const app = `
    build: .
    environment: { DATABASE_URL: "${URL_OF_DATABASE}" }
    init: true`;
  const job = `
  migrate:${app}
    command: ${JSON.stringify(migrate)}
    depends_on: { db: { condition: service_healthy } }`;
  const waits = migrate
    ? 'migrate: { condition: service_completed_successfully }'
    : 'db: { condition: service_healthy }';
  return `services:
  web:${app}
    command: ${JSON.stringify(command)}
    ports: ["${port}:8080"]
    depends_on: { ${waits} }${migrate ? job : ''}
  db:
    image: \${POSTGRES_IMAGE:-postgres:17}
    environment: { POSTGRES_USER: storedog, POSTGRES_PASSWORD: storedog, POSTGRES_DB: storedog }
    volumes: [data:/var/lib/postgresql/data]
    healthcheck: ${quietHealth('pg_isready -h 127.0.0.1 -U storedog -d storedog')}
volumes: { data: {} }
`;
}

function configOf({ migrate }: Framework, port: number, preview: number): string {
  const migrates = migrate ? ', migrate: { service: migrate }' : '';
  return [
    'version: 1',
    `services: { web: { entry: ${port}, preview: ${preview} } }`,
    'identity: [header:X-User-Id]',
    'analysis: false',
    `database: { service: db, settle: 300ms, lockLimit: 300ms${migrates} }`,
    '',
  ].join('\n');
}
