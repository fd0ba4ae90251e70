import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Observation } from '../../src/database/observation.ts';
import { mysql } from '../../src/rehearsal/mysql/mysql.ts';
import type { CopyJob, ServerContainer } from '../../src/rehearsal/server-kind.ts';
import { ContainerStreams } from '../../src/system/docker/container-streams.ts';

/** What the set-up built from the folder of that name beside this file, or fetched. */
export const MARIADB_IMAGE = 'canary-test/mariadb';

interface PairOptions {
  environment: Readonly<Record<string, string>>;
  /** Files mounted into the servers, by their path there. */
  files?: Readonly<Record<string, string>>;
  /** The original's data beyond what its first start created. */
  sql: string;
}

/** The service name of the container in the canary's role. */
export const CANARY = 'discounts-canary';

/** A MariaDB with its copies, and a container in the canary's role, on a network of their own. */
export class MariadbPair {
  readonly original: ServerContainer;
  private readonly name: string;
  private readonly containers: string[] = [];
  private readonly options: PairOptions;
  private folder = '';
  private canary = '';

  private constructor(options: PairOptions) {
    this.name = `canary-test-maria-${randomBytes(4).toString('hex')}`;
    this.options = options;
    this.original = this.placeOf(`${this.name}-db`);
  }

  static async start(options: PairOptions): Promise<MariadbPair> {
    const pair = new MariadbPair(options);
    try {
      pair.folder = await mkdtemp(join(tmpdir(), 'canary-mariadb-'));
      await docker('network', 'create', pair.name);
      await pair.create(pair.original.container);
      await docker('start', pair.original.container);
      await pair.run(`${pair.name}-canary`, 'sleep', 'infinity');
      pair.canary = `${pair.name}-canary`;
      await pair.ready(pair.original.container);
      await pair.root(pair.original, options.sql);
      return pair;
    } catch (error) {
      await pair.dispose();
      throw error;
    }
  }

  /** A copy, made by the code under test. */
  async copy(
    job: Partial<Pick<CopyJob, 'data' | 'sample' | 'onBytes'>> = {},
  ): Promise<ServerContainer> {
    const copy = this.placeOf(`${this.name}-copy${this.containers.length}`);
    await this.create(copy.container);
    await mysql.copy({
      original: this.original,
      copy,
      data: 'full',
      sample: 10,
      onBytes: () => undefined,
      ...job,
      start: async () => {
        await docker('start', copy.container);
      },
    });
    return copy;
  }

  /** What is observed of a copy while the canary sends these statements. */
  async observed(copy: ServerContainer, statements: string): Promise<Observation> {
    const watch = await mysql.watch(copy);
    const address = await addressOf(this.canary);
    try {
      await this.asCanary(copy, statements);
    } catch (error) {
      await watch.end(() => undefined);
      throw error;
    }
    return watch.end((from) => (from === address ? { service: CANARY } : undefined));
  }

  /** Sends statements from the container in the canary's role, with the account of the application. */
  async asCanary(
    to: ServerContainer,
    statements: string,
    from = this.canary,
    account = 'app',
  ): Promise<string> {
    const host = await addressOf(to.container);
    const { stdout } = await execa(
      'docker',
      [
        ...['exec', '--interactive', '--env', 'MYSQL_PWD', from, 'mariadb', '--batch', '--raw'],
        ...['--skip-column-names', '--default-character-set=utf8mb4'],
        ...[`--host=${host}`, `--user=${account}`, 'shop'],
      ],
      { input: statements, env: { MYSQL_PWD: `${account}'s \\ "secret"` } },
    );
    return stdout;
  }

  /** Statements of root, inside a server. */
  async root(place: ServerContainer, statements: string): Promise<string> {
    const { stdout } = await execa(
      'docker',
      [
        ...['exec', '--interactive', '--env', 'MYSQL_PWD', place.container, 'mariadb'],
        ...['--batch', '--raw', '--skip-column-names', '--default-character-set=utf8mb4'],
        ...['--user=root', '--host=localhost'],
      ],
      { input: statements, env: { MYSQL_PWD: 'root\'s \\ "secret"' } },
    );
    return stdout;
  }

  async dispose(): Promise<void> {
    await docker('rm', '--force', '--volumes', ...this.containers);
    await docker('network', 'rm', this.name);
    await rm(this.folder, { recursive: true, force: true });
  }

  private placeOf(container: string): ServerContainer {
    return {
      streams: new ContainerStreams({ PATH: process.env.PATH, HOME: process.env.HOME }),
      container,
      definition: { environment: this.options.environment },
      signal: new AbortController().signal,
    };
  }

  private async create(container: string): Promise<void> {
    const { environment, files = {} } = this.options;
    const mounts = await Promise.all(
      Object.entries(files).map(async ([path, text], index) => {
        const file = join(this.folder, String(index));
        await writeFile(file, text, { mode: 0o644 });
        return ['--volume', `${file}:${path}:ro`];
      }),
    );
    this.containers.push(container);
    await docker(
      ...['create', '--name', container, '--network', this.name, '--tmpfs', '/var/lib/mysql'],
      ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      ...mounts.flat(),
      ...[MARIADB_IMAGE, '--character-set-server=utf8mb4', '--innodb-log-file-size=16M'],
    );
  }

  private async run(container: string, ...command: string[]): Promise<void> {
    this.containers.push(container);
    await docker(
      'run',
      '--detach',
      '--name',
      container,
      '--network',
      this.name,
      MARIADB_IMAGE,
      ...command,
    );
  }

  /** The official way: over TCP the server answers only when everything is prepared. */
  private async ready(container: string): Promise<void> {
    const ping = 'until mariadb-admin --protocol=tcp --host=127.0.0.1 ping; do sleep 0.1; done';
    await docker('exec', container, 'sh', '-c', ping);
  }
}

export async function addressOf(container: string): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return docker('inspect', '--format', format, container);
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { stdin: 'ignore' });
  return stdout.trim();
}
