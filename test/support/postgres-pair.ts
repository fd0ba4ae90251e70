import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ComposeService } from '../../src/compose/model/model.ts';
import { postgres } from '../../src/rehearsal/postgres/postgres.ts';
import type { CopyJob, ServerContainer } from '../../src/rehearsal/server.ts';
import { ContainerStreams } from '../../src/system/docker/container-streams.ts';
import { until } from './storedog.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
export const PASSWORD = "a pass'word";

/** A PostgreSQL server in a container, and copies of it, on a network of their own. */
export class PostgresPair {
  readonly name = `canary-test-${randomBytes(4).toString('hex')}`;
  private readonly streams = new ContainerStreams({ PATH: process.env.PATH });
  private image = '';
  private copies = 0;

  private constructor() {}

  static async create(schema: string, env: Record<string, string> = {}): Promise<PostgresPair> {
    const pair = new PostgresPair();
    const images = await readFile(join(ROOT, '.setup/images.env'), 'utf8');
    pair.image = /^POSTGRES_IMAGE=(.*)$/m.exec(images)?.[1] ?? '';
    await execa('docker', ['network', 'create', '--internal', pair.name]);
    await pair.container('original', 'run', env);
    await pair.untilReady(pair.idOf('original'));
    await pair.sql('original', schema);
    return pair;
  }

  get definition(): ComposeService {
    return {
      environment: { POSTGRES_USER: 'shop', POSTGRES_PASSWORD: PASSWORD, POSTGRES_DB: 'shop' },
    };
  }

  place(container: string): ServerContainer {
    const { signal } = new AbortController();
    return { streams: this.streams, container, definition: this.definition, signal };
  }

  /** A copy, ready to be watched. */
  async copy(
    how: Partial<Pick<CopyJob, 'data' | 'sample' | 'onBytes'>> = {},
  ): Promise<ServerContainer> {
    this.copies += 1;
    const container = `copy-${this.copies}`;
    await this.container(container, 'create');
    const copy = this.place(this.idOf(container));
    const start = async () => {
      await execa('docker', ['start', copy.container]);
      await this.untilReady(copy.container);
    };
    const rest = { data: 'full' as const, sample: 10, onBytes: () => undefined, ...how };
    await postgres.copy({ original: this.place(this.idOf('original')), copy, start, ...rest });
    return copy;
  }

  /** What a canary that connects over the network does; statements of one call are one request each. */
  async canary(
    copy: ServerContainer,
    sql: string,
    user = 'shop',
  ): Promise<{ address: string; failed: boolean }> {
    const name = `${this.name}-canary`;
    await execa('docker', [
      ...['run', '--detach', '--rm', '--name', name, '--network', this.name],
      ...['--entrypoint', 'sleep', this.image, '600'],
    ]);
    try {
      const { stdout: address } = await execa('docker', [
        'inspect',
        '--format',
        '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
        name,
      ]);
      const { exitCode } = await execa(
        'docker',
        [
          ...['exec', '--interactive', '--env', 'PGPASSWORD', name],
          ...['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', copy.container],
          ...['-U', user, '-d', 'shop'],
        ],
        { input: sql, env: { PGPASSWORD: PASSWORD }, reject: false },
      );
      return { address, failed: exitCode !== 0 };
    } finally {
      await execa('docker', ['rm', '--force', name]);
    }
  }

  async sql(container: string, statement: string): Promise<string> {
    const id = container.startsWith(this.name) ? container : this.idOf(container);
    const { stdout } = await execa(
      'docker',
      ['exec', '-i', id, 'psql', '-X', '-Atq', '-v', 'ON_ERROR_STOP=1', '-U', 'shop', '-d', 'shop'],
      { input: statement },
    );
    return stdout;
  }

  async log(container: string): Promise<string> {
    const { all } = await execa('docker', ['logs', this.idOf(container)], { all: true });
    return all;
  }

  async remove(copy: ServerContainer): Promise<void> {
    await execa('docker', ['rm', '--force', '--volumes', copy.container]);
  }

  async dispose(): Promise<void> {
    const { stdout } = await execa('docker', ['ps', '-aq', '--filter', `name=^${this.name}`]);
    if (stdout) await execa('docker', ['rm', '--force', '--volumes', ...stdout.split('\n')]);
    await execa('docker', ['network', 'rm', this.name], { reject: false });
  }

  idOf(container: string): string {
    return `${this.name}-${container}`;
  }

  private async container(
    name: string,
    how: 'run' | 'create',
    env: Record<string, string> = {},
  ): Promise<void> {
    const settings = { ...this.definition.environment, ...env };
    await execa('docker', [
      ...(how === 'run' ? ['run', '--detach'] : ['create']),
      ...['--name', this.idOf(name), '--network', this.name, '--network-alias', this.idOf(name)],
      ...Object.entries(settings).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      this.image,
    ]);
  }

  private untilReady(container: string): Promise<void> {
    return until('Postgres answers over TCP', async () => {
      const command = ['exec', container, 'pg_isready', '-h', '127.0.0.1', '-U', 'shop'];
      return (await execa('docker', command, { reject: false })).exitCode === 0;
    });
  }
}
