import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUntilRecord } from '../../support/journals.ts';
import { RehearsalShop } from '../../support/rehearsal-shop.ts';
import { until } from '../../support/storedog.ts';

/** A job that production ran once at its start, and a data server that cannot be rehearsed. */
function withJobAndCache(compose: string, project: string): string {
  const job = `
  prepare:
    build:
      context: ./discounts
      args:
        BASE: \${PYTHON_IMAGE:-python:3.12}
    image: ${project}-prepare
    environment:
      - POSTGRES_HOST=db
      - POSTGRES_DB=storedog
      - POSTGRES_USER=storedog
      - POSTGRES_PASSWORD=\${POSTGRES_PASSWORD:-storedog}
    command: [python, migrate.py]
    depends_on:
      db:
        condition: service_healthy

  cache:
    image: \${NODE_IMAGE:-node:20-slim}
    command: [sleep, infinity]
    init: true
    expose: ["6379"]
`;
  return compose
    .replace('\n  db:\n', `${job}\n  db:\n`)
    .replace(
      '      - WEB_CONCURRENCY\n    labels:\n      example.storedog.team: marketing\n      example.storedog.tier: backend\n    depends_on:\n',
      '      - WEB_CONCURRENCY\n      - CACHE=cache:6379\n    labels:\n      example.storedog.team: marketing\n      example.storedog.tier: backend\n    depends_on:\n      prepare:\n        condition: service_completed_successfully\n',
    );
}

const MIGRATE = `
import os, psycopg2
connection = psycopg2.connect(
    host=os.environ['POSTGRES_HOST'], dbname=os.environ['POSTGRES_DB'],
    user=os.environ['POSTGRES_USER'], password=os.environ['POSTGRES_PASSWORD'])
connection.autocommit = True
connection.cursor().execute("""%SQL%""")
`;
const RUNS = 'CREATE TABLE IF NOT EXISTS ran (what text); INSERT INTO ran VALUES';

let rehearsal: RehearsalShop;
let jobs: string;

beforeAll(async () => {
  rehearsal = await RehearsalShop.create(withJobAndCache, {
    'discounts/migrate.py': MIGRATE.replace('%SQL%', `${RUNS} ('at the start')`),
  });
  jobs = await jobRuns();
});
afterAll(async () => {
  await rehearsal.dispose();
});

/** The containers of the job with their start times: a second run would change them. */
async function jobRuns(): Promise<string> {
  const { shop } = rehearsal;
  const filter = [
    `label=com.docker.compose.project=${shop.project}`,
    'label=com.docker.compose.service=prepare',
  ];
  const { stdout } = await execa('docker', [
    'ps',
    '-aq',
    ...filter.flatMap((each) => ['--filter', each]),
  ]);
  return (
    await execa('docker', [
      'inspect',
      '--format',
      '{{.Id}} {{.State.StartedAt}}',
      ...stdout.split('\n'),
    ])
  ).stdout;
}

/** The ids of the containers of migrations. */
async function migrations(...filters: string[]): Promise<string> {
  const all = [`name=${rehearsal.shop.project}-migration`, ...filters];
  const flags = all.flatMap((each) => ['--filter', each]);
  return (await execa('docker', ['ps', '-aq', ...flags])).stdout;
}

async function settings(database: string): Promise<void> {
  const text = await rehearsal.shop.read('canary.yaml');
  await rehearsal.shop.write(
    'canary.yaml',
    text.replace(/^database: .*$/m, `database: ${database}`),
  );
}

describe('a canary that needs more than its database', () => {
  it('is rejected until someone agrees to share what cannot be rehearsed', async () => {
    const { shop } = rehearsal;
    const branch = await shop.git('rev-parse', 'canary');
    const refused = await shop.canary('deploy', '--branch', 'canary');
    expect(refused.exitCode).toBe(7);
    expect(refused.stderr).toContain(
      '✖ The canary shares `cache` (Redis) with the stable: workers of the canary take work from the same queues. It cannot be rehearsed.',
    );
    expect(refused.stderr).toContain('`--allow unrehearsed:cache`');
    expect(await shop.git('rev-parse', 'canary')).toBe(branch);
    expect((await shop.status()).release).toBe(null);
    await settings('{ settle: 500ms, rehearse: always, allow: ["unrehearsed:cache"] }');
    expect((await shop.canary('deploy', '--branch', 'canary')).exitCode).toBe(7);
  });

  it('runs its migration once, after its own rehearsal, and never repeats production’s jobs', async () => {
    const { shop } = rehearsal;
    await settings(
      '{ settle: 500ms, allow: ["unrehearsed:cache"], migrate: { service: prepare } }',
    );
    await shop.git('branch', '--force', 'canary', 'main');
    const sql = `${RUNS} ('by the canary'); ALTER TABLE discount ADD COLUMN note text`;
    await shop.commitOn('canary', 'discounts/migrate.py', MIGRATE.replace('%SQL%', sql));
    const deployed = await shop.canary('deploy', '--branch', 'canary');
    expect(deployed.stderr).toContain(
      "✔ expanding: column discount.note is new (`CREATE TABLE IF NOT EXISTS ran (what text); INSERT INTO ran VALUES ('…'); ALTER TABLE discount ADD COLUMN note text` by prepare).",
    );
    expect(deployed.stderr).toContain('run the migration prepare');
    expect(deployed.stderr).toContain(
      'The canary shares `cache` (Redis) with the stable: workers of the canary take work from the same queues.',
    );
    expect(deployed.exitCode).toBe(0);
    await shop.succeed('deploy', '--branch', 'canary');
    expect(await shop.sql('select what from ran')).toBe('at the start\nby the canary');
    expect(await jobRuns()).toBe(jobs);
    const promoted = await shop.succeed('promote', '--force');
    // Plain Compose runs the migration that ran, not the one of before; canary.yaml does name it.
    const commit = (await shop.git('rev-parse', 'main')).slice(0, 12);
    const tried = await shop.imageId(`${shop.project}-prepare:canary-${commit}`);
    expect(await shop.imageId(`${shop.project}-prepare`)).toBe(tried);
    expect(promoted.stderr).not.toContain('canary.yaml does not clone it');
    expect(await shop.sql('select what from ran')).toBe('at the start\nby the canary');
    expect(await jobRuns()).toBe(jobs);
    expect(await migrations()).toBe('');
  });

  it('does not run a migration in production that would harm the stable, or fails', async () => {
    const { shop } = rehearsal;
    const facts = await rehearsal.productionFacts();
    await shop.git('branch', '--force', 'canary', 'main');
    await shop.commitOn(
      'canary',
      'discounts/migrate.py',
      MIGRATE.replace('%SQL%', 'ALTER TABLE discount RENAME COLUMN code TO coupon'),
    );
    const harmful = await shop.canary('deploy', '--branch', 'canary');
    expect(harmful.stderr).toContain(
      'contracting: column discount.code is renamed to coupon (`ALTER TABLE discount RENAME COLUMN code TO coupon` by prepare)',
    );
    expect(harmful.exitCode).toBe(7);
    await shop.git('branch', '--force', 'canary', 'main');
    await shop.commitOn('canary', 'discounts/migrate.py', 'raise SystemExit("no such luck")');
    const failing = await shop.canary('deploy', '--branch', 'canary');
    expect(failing.stderr).toContain(
      'The migration of `prepare` ended with exit code 1 in its rehearsal.',
    );
    expect(failing.stderr).toContain('no such luck');
    expect(failing.exitCode).toBe(1);
    expect(await rehearsal.productionFacts()).toBe(facts);
    expect(await rehearsal.leftovers()).toEqual([]);
  });

  it('says how its migration ended if the command that began it was killed', async () => {
    const { shop } = rehearsal;
    await shop.git('branch', '--force', 'canary', 'main');
    const sql = "INSERT INTO ran VALUES ('after a kill'), (pg_sleep(5)::text)";
    await shop.commitOn('canary', 'discounts/migrate.py', MIGRATE.replace('%SQL%', sql));
    const { child } = await startUntilRecord(
      shop,
      ({ type }) => type === 'migration-begun',
      ...['deploy', '--branch', 'canary'],
    );
    await until('the migration runs', async () => {
      return (await migrations('status=running')) !== '';
    });
    child.kill('SIGKILL');
    await child;
    const aborted = await shop.succeed('abort');
    expect(aborted.stderr).toContain('The migration of prepare had begun');
    expect(aborted.stderr).toContain(
      'The migration of prepare has ended with exit code 0. What it did to the database stays.',
    );
    expect(await shop.sql('select what from ran')).toContain('after a kill');
    expect(await migrations()).toBe('');
    await shop.sql("delete from ran where what not in ('at the start', 'by the canary')");
  });

  it("is rejected if a change that looks safe breaks the stable's own code", async () => {
    const { shop } = rehearsal;
    await settings('{ settle: 500ms, allow: ["unrehearsed:cache"] }');
    const text = await shop.read('canary.yaml');
    await shop.write(
      'canary.yaml',
      text.replace(
        'analysis: false',
        'analysis: { shape: false, checks: [{ service: discounts, get: /discount, expect: { status: 200 } }] }',
      ),
    );
    // A schema named like the database user comes before `public`: the stable finds the wrong table there.
    await rehearsal.bootWithSql(
      'CREATE SCHEMA storedog',
      'CREATE TABLE storedog.discount (id int)',
    );
    const app = await shop.read('discounts/app.py');
    await shop.commitOn(
      'canary',
      'discounts/app.py',
      app.replace(
        'SELECT id, name, code, value FROM discount',
        'SELECT id, name, code, value FROM public.discount',
      ),
    );
    const { exitCode, report } = await rehearsal.rehearse();
    expect(exitCode).toBe(7);
    expect(report.findings[0]).toMatchObject({
      class: 'contracting',
      kind: 'old-code-fails',
      service: 'discounts',
    });
    expect(report.findings[0]?.text).toContain(
      "the stable's own code of discounts fails there: GET /discount: status 500",
    );
    const rest = report.findings.filter(({ kind }) => kind !== 'old-code-fails');
    expect(rest.map((each) => each.class)).toEqual(['expanding', 'expanding']);
  });
});
