import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { MARIADB_IMAGE } from './mariadb-pair.ts';
import { quietHealth } from './quiet-health.ts';
import { Storedog } from './storedog.ts';

/** The service `web`. */
const WEB = fileURLToPath(new URL('mariadb-shop', import.meta.url));
const ROOT_PASSWORD = 'root\'s \\ "secret"';
const APP_PASSWORD = 'app\'s \\ "secret"';

/** A shop with a MariaDB: `web` runs its boot.sql at every start, with its own account. */
export class MariadbShop {
  readonly shop: Storedog;

  private constructor(shop: Storedog) {
    this.shop = shop;
  }

  /** Production runs, with the database filled, and the proxy is up. */
  static async create(sql: string): Promise<MariadbShop> {
    const shop = await Storedog.create(withMariadb);
    const made = new MariadbShop(shop);
    try {
      await cp(WEB, join(shop.directory, 'web'), { recursive: true });
      await shop.write(
        'canary.yaml',
        [
          'version: 1',
          `services: { web: { entry: ${shop.port}, preview: ${shop.preview} } }`,
          'identity: [header:X-User-Id]',
          'analysis: false',
          'database: { settle: 500ms }',
          '',
        ].join('\n'),
      );
      await shop.git('add', '--all');
      await shop.git('commit', '--quiet', '-m', 'A shop on MariaDB');
      await shop.succeed('up');
      await shop.untilShopAnswers();
      await made.root(sql);
      return made;
    } catch (error) {
      await shop.dispose();
      throw error;
    }
  }

  /** What the canary sends to the database when it boots. */
  async bootWith(...statements: string[]): Promise<void> {
    await this.shop.git('branch', '--force', 'canary', 'main');
    const boot = statements.map((each) => `${each};\n`).join('');
    await this.shop.commitOn('canary', 'web/boot.sql', boot);
  }

  /** Runs statements as root in production's database. */
  async root(statements: string): Promise<string> {
    const [db] = (await this.shop.containers()).filter(({ service }) => service === 'db');
    return asRoot(db?.id ?? '', statements);
  }

  /** Ids, checksums and definitions of every table of production, and all accounts. */
  async productionFacts(): Promise<string> {
    const of = "information_schema.tables WHERE table_schema = 'shop'";
    const names = (await this.root(`SELECT table_name FROM ${of} ORDER BY 1;`)).split('\n');
    return this.root(
      [
        `CHECKSUM TABLE ${names.map((name) => `shop.${name}`).join(', ')};`,
        "SELECT name, table_id FROM information_schema.innodb_sys_tables WHERE name LIKE 'shop/%' ORDER BY 1;",
        ...names.map((name) => `SHOW CREATE TABLE shop.${name};`),
        'SELECT user, host FROM mysql.user ORDER BY 1, 2;',
        'SHOW DATABASES;',
      ].join('\n'),
    );
  }

  /** The sessions in production's database, except the one that asks. */
  sessions(): Promise<string> {
    return this.root(
      "SELECT user, host, info FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user NOT IN ('system user', 'event_scheduler');",
    );
  }

  /** The current statement of the canary in its copy of the database; empty if there is no copy. */
  async saidToCopy(): Promise<string> {
    const { stdout } = await execa('docker', [
      ...['ps', '--filter', `label=com.docker.compose.project=${this.shop.project}-rehearsal`],
      ...['--format', '{{.Label "com.docker.compose.service"}} {{.ID}}'],
    ]);
    const running = new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]));
    const copy = running.get('db-rehearsal');
    if (!copy || !running.has('web-rehearsal')) return '';
    const asked = "SELECT info FROM information_schema.processlist WHERE user = 'app';";
    return asRoot(copy, asked).catch(() => '');
  }

  async dispose(): Promise<void> {
    await this.shop.canary('abort');
    await this.shop.dispose();
  }
}

async function asRoot(container: string, statements: string): Promise<string> {
  const { stdout } = await execa(
    'docker',
    [
      ...['exec', '--interactive', '--env', 'MYSQL_PWD', container, 'mariadb'],
      ...['--batch', '--raw', '--skip-column-names', '--user=root', '--host=localhost'],
    ],
    { input: statements, env: { MYSQL_PWD: ROOT_PASSWORD } },
  );
  return stdout;
}

function withMariadb(compose: string): string {
  const port = /"(\d+):3000"/.exec(compose)?.[1];
  return `services:
  web:
    build: { context: ./web, args: { BASE: ${MARIADB_IMAGE} } }
    ports: ["${port}:8080"]
    environment: { MYSQL_PWD: ${JSON.stringify(APP_PASSWORD)} }
    depends_on: { db: { condition: service_healthy } }
  db:
    image: ${MARIADB_IMAGE}
    environment:
      MARIADB_ROOT_PASSWORD: ${JSON.stringify(ROOT_PASSWORD)}
      MARIADB_DATABASE: shop
      MARIADB_USER: app
      MARIADB_PASSWORD: ${JSON.stringify(APP_PASSWORD)}
    command: [--character-set-server=utf8mb4, --innodb-log-file-size=16M]
    volumes: [data:/var/lib/mysql]
    # Over TCP: while it fills an empty volume it listens on its local socket only.
    healthcheck: ${quietHealth('mariadb-admin --protocol=tcp --host=127.0.0.1 ping')}
volumes: { data: {} }
`;
}
