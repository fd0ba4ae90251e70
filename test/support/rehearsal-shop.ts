import { execa } from 'execa';
import { parseDocument } from 'yaml';
import { Storedog } from './storedog.ts';

/** The output of `rehearse --json`, as far as tests use it. */
export interface Rehearsed {
  result: string;
  needs: string[];
  databases: { service: string; data: string; bytes: number }[];
  findings: {
    class: string;
    kind: string;
    object: string;
    text: string;
    statement?: string;
    service?: string;
  }[];
}

/** The page that queries the database of such a shop. */
const PAGE = 'discount';

/** Storedog's discounts with its database only, because every rehearsal would start the others too; not running yet. */
export async function discountsShop(
  database: string,
  edit: (compose: string, project: string) => string = (text) => text,
): Promise<Storedog> {
  const shop = await Storedog.create((compose, project) => edit(onlyDiscounts(compose), project));
  await shop.write(
    'canary.yaml',
    [
      'version: 1',
      `services: { discounts: { entry: ${shop.port}, preview: ${shop.preview} } }`,
      'identity: [header:X-User-Id]',
      'analysis: false',
      `database: ${database}`,
      '',
    ].join('\n'),
  );
  await shop.git('commit', '--quiet', '--all', '-m', 'Rehearse');
  await shop.git('branch', '--force', 'canary');
  return shop;
}

function onlyDiscounts(compose: string): string {
  const [, port] = /"(\d+):3000"/.exec(compose) ?? [];
  const document = parseDocument(compose);
  for (const service of ['frontend', 'advertisements']) document.deleteIn(['services', service]);
  document.setIn(['services', 'discounts', 'ports'], [`${port}:5001`]);
  return document.toString();
}

/** Such a shop whose discounts changes the database when it boots. */
export class RehearsalShop {
  readonly shop: Storedog;

  private constructor(shop: Storedog) {
    this.shop = shop;
  }

  static async create(
    edit?: (compose: string, project: string) => string,
    files: Record<string, string> = {},
  ): Promise<RehearsalShop> {
    const shop = await discountsShop('{ settle: 500ms }', edit);
    for (const [path, content] of Object.entries(files)) await shop.write(path, content);
    await shop.git('add', '--all');
    await shop.git('commit', '--quiet', '--allow-empty', '-m', 'Files of its own');
    await shop.git('branch', '--force', 'canary', 'main');
    // Starts production as well, and faster than production first and the proxy later.
    await shop.succeed('up');
    await shop.untilShopAnswers(PAGE);
    return new RehearsalShop(shop);
  }

  /** Makes the canary run Python code once, in the first process, before it serves; `execute(sql)` is defined there. */
  async bootWith(code: string): Promise<void> {
    const settings = await this.shop.read('discounts/gunicorn.conf.py');
    const body = code
      .split('\n')
      .map((line) => `    ${line}\n`)
      .join('');
    await this.shop.git('branch', '--force', 'canary', 'main');
    await this.shop.commitOn(
      'canary',
      'discounts/gunicorn.conf.py',
      `${settings}

import psycopg2


def execute(sql):
    connection = psycopg2.connect(
        host=os.environ['POSTGRES_HOST'], dbname=os.environ['POSTGRES_DB'],
        user=os.environ['POSTGRES_USER'], password=os.environ['POSTGRES_PASSWORD'])
    connection.autocommit = True
    connection.cursor().execute(sql)
    connection.close()


def on_starting(server):
${body}`,
    );
  }

  /** The same with SQL, one statement at a time. */
  bootWithSql(...statements: string[]): Promise<void> {
    return this.bootWith(statements.map((sql) => `execute(${JSON.stringify(sql)})`).join('\n'));
  }

  rehearse(...args: string[]): ReturnType<typeof rehearseIn> {
    return rehearseIn(this.shop, ...args);
  }

  /** Ids, file nodes and contents of every table of production. */
  async productionFacts(): Promise<string> {
    const tables = await this.shop.sql(
      "select string_agg(relname || ' ' || oid || ' ' || relfilenode, ',' order by relname) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    );
    const names = await this.shop.sql(
      "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
    );
    const sums = await Promise.all(
      names
        .split('\n')
        .map((name) =>
          this.shop.sql(
            `select '${name}', count(*), md5(string_agg(t::text, ',' order by t::text)) from "${name}" t`,
          ),
        ),
    );
    // Only the log shows that PostgreSQL restarted after a crash.
    const log = await this.shop.compose('logs', 'db');
    const crashes = log
      .split('\n')
      .filter((line) => /terminated by signal|recovery mode/.test(line));
    return [tables, ...sums, ...crashes].join('\n');
  }

  /** Whether the canary is running in a rehearsal. */
  async boots(): Promise<boolean> {
    const { stdout } = await execa('docker', [
      ...['ps', '--quiet'],
      ...['--filter', `label=com.docker.compose.project=${this.shop.project}-rehearsal`],
      ...['--filter', 'label=com.docker.compose.service=discounts-rehearsal'],
    ]);
    return stdout !== '';
  }

  leftovers(): Promise<string[]> {
    return leftoversIn(this.shop);
  }

  async dispose(): Promise<void> {
    await this.shop.canary('abort');
    await this.shop.dispose();
  }
}

/** Rehearses, and returns the findings, whether or not the canary is rejected. */
export async function rehearseIn(
  shop: Storedog,
  ...args: string[]
): Promise<{ exitCode: number; report: Rehearsed; stderr: string }> {
  const { exitCode, stdout, stderr } = await shop.canary('rehearse', '--json', ...args);
  if (exitCode !== 0 && exitCode !== 7) throw new Error(`${stdout}\n${stderr}`);
  return { exitCode, report: JSON.parse(stdout) as Rehearsed, stderr };
}

/** Containers, networks and volumes of a rehearsal, and its file. */
export async function leftoversIn(shop: Pick<Storedog, 'project' | 'exists'>): Promise<string[]> {
  const filter = ['--filter', `label=com.docker.compose.project=${shop.project}-rehearsal`];
  const lists = [
    ['ps', '--all'],
    ['network', 'ls'],
    ['volume', 'ls'],
  ];
  const found = await Promise.all(
    lists.map(async (list) => (await execa('docker', [...list, '--quiet', ...filter])).stdout),
  );
  const file = (await shop.exists('.canary/rehearsal.yml')) ? ['rehearsal.yml'] : [];
  return [...found.flatMap((text) => text.split('\n')).filter(Boolean), ...file];
}
