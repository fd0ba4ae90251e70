import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ComposeService } from '../../src/compose/model/model.ts';
import { dataDirectory } from '../../src/rehearsal/postgres/client.ts';
import { postgres } from '../../src/rehearsal/postgres/postgres.ts';
import type { CopyJob, ServerContainer } from '../../src/rehearsal/server-kind.ts';
import { readArchive } from '../../src/system/docker/container-archive.ts';
import { ContainerStreams } from '../../src/system/docker/container-streams.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
export const PASSWORD = "a pass'word";

type How = Partial<Pick<CopyJob, 'data' | 'sample' | 'onBytes'>>;

/** A PostgreSQL server in a container, and its copies, on a network of their own. */
export class PostgresPair {
  readonly name = `canary-test-${randomBytes(4).toString('hex')}`;
  private readonly streams = new ContainerStreams({ PATH: process.env.PATH });
  private image = '';
  private copies = 0;
  /** Of the last copy, before its image did anything. */
  folderAtStart = '';
  /** The address from which the canary connects. */
  private address = '';

  private readonly settings: readonly string[];

  private constructor(settings: readonly string[]) {
    this.settings = settings;
  }

  /** `settings`: of the servers, such as `shared_preload_libraries=…`. */
  static async create(schema: string, ...settings: string[]): Promise<PostgresPair> {
    const pair = new PostgresPair(settings);
    const images = await readFile(join(ROOT, '.setup/images.env'), 'utf8');
    pair.image = /^POSTGRES_IMAGE=(.*)$/m.exec(images)?.[1] ?? '';
    try {
      await execa('docker', ['network', 'create', '--internal', pair.name]);
      await Promise.all([pair.container('original', 'run'), pair.startCanary()]);
      await pair.untilReady(pair.idOf('original'));
      await pair.sql('original', schema);
      return pair;
    } catch (error) {
      await pair.dispose();
      throw error;
    }
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
  async copy(how: How = {}): Promise<ServerContainer> {
    this.copies += 1;
    const container = `copy-${this.copies}`;
    await this.container(container, 'create');
    const copy = this.place(this.idOf(container));
    await this.fill(copy, how, async () => {
      this.folderAtStart = await this.folderOf(container);
      await execa('docker', ['start', copy.container]);
      await this.untilReady(copy.container);
    });
    return copy;
  }

  /** Mode and owner of the data folder. */
  async folderOf(container: string): Promise<string> {
    const original = this.place(this.idOf('original'));
    const from = { container: this.idOf(container), path: await dataDirectory(original) };
    let found = '';
    await readArchive(this.streams, from, async ({ mode = 0, uid, gid }) => {
      found = `${mode.toString(8)} ${uid}:${gid}`;
      return 'enough';
    });
    return found;
  }

  /** Another copy in place of one not made from files, because creating a server takes longest. */
  async copyOver(copy: ServerContainer, how: How): Promise<void> {
    await this.fill(copy, how, async () => undefined);
  }

  private fill(copy: ServerContainer, how: How, start: CopyJob['start']): Promise<void> {
    const original = this.place(this.idOf('original'));
    const rest = { data: 'full' as const, sample: 10, onBytes: () => undefined, ...how };
    return postgres.copy({ original, copy, start, ...rest });
  }

  /** What a canary does over the network; the statements of one call are one request each. */
  async canary(
    copy: ServerContainer,
    sql: string,
    user = 'shop',
  ): Promise<{ address: string; failed: boolean }> {
    const { exitCode } = await execa(
      'docker',
      [
        ...['exec', '--interactive', '--env', 'PGPASSWORD', this.idOf('canary')],
        ...['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', copy.container],
        ...['-U', user, '-d', 'shop'],
      ],
      { input: sql, env: { PGPASSWORD: PASSWORD }, reject: false },
    );
    return { address: this.address, failed: exitCode !== 0 };
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

  async dispose(): Promise<void> {
    const { stdout } = await execa('docker', ['ps', '-aq', '--filter', `name=^${this.name}`]);
    if (stdout) await execa('docker', ['rm', '--force', '--volumes', ...stdout.split('\n')]);
    await execa('docker', ['network', 'rm', this.name], { reject: false });
  }

  idOf(container: string): string {
    return `${this.name}-${container}`;
  }

  private async startCanary(): Promise<void> {
    const name = this.idOf('canary');
    await execa('docker', [
      ...['run', '--detach', '--init', '--name', name, '--network', this.name],
      ...['--entrypoint', 'sleep', this.image, 'infinity'],
    ]);
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const { stdout } = await execa('docker', ['inspect', '--format', format, name]);
    this.address = stdout;
  }

  private async container(name: string, how: 'run' | 'create'): Promise<void> {
    // The data need not survive a crash of the machine.
    const settings = { ...this.definition.environment, POSTGRES_INITDB_ARGS: '--no-sync' };
    await execa('docker', [
      ...(how === 'run' ? ['run', '--detach'] : ['create']),
      ...['--name', this.idOf(name), '--network', this.name, '--network-alias', this.idOf(name)],
      ...Object.entries(settings).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      ...[this.image, 'postgres', '-c', 'fsync=off'],
      ...this.settings.flatMap((each) => ['-c', each]),
    ]);
  }

  /** Polls inside the container, because each poll from outside needs a Docker process. */
  private async untilReady(container: string): Promise<void> {
    const look = 'until pg_isready --quiet --host=127.0.0.1 --username=shop; do sleep 0.1; done';
    await execa('docker', ['exec', container, 'timeout', '240', 'sh', '-c', look]);
  }
}
