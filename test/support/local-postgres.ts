import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ServerContainer } from '../../src/rehearsal/server-kind.ts';
import type { InContainer } from '../../src/system/docker/container-ends.ts';
import type { ContainerStreams } from '../../src/system/docker/container-streams.ts';
import { freePorts } from './ports.ts';

/** Where Debian and the images keep PostgreSQL's programs. */
const VERSIONS = '/usr/lib/postgresql';

/** The folder of the newest server on this machine; `undefined` if there is none. */
export async function postgresPrograms(): Promise<string | undefined> {
  const versions = (await readdir(VERSIONS).catch(() => [])).map(Number).filter(Number.isFinite);
  if (versions.length === 0) return undefined;
  return join(VERSIONS, String(Math.max(...versions)), 'bin');
}

/** A PostgreSQL server on this machine, in the place of one in a container: tests of it need no engine. */
export class LocalPostgres {
  readonly place: ServerContainer;
  private readonly folder: string;
  private readonly port: number;
  private readonly server: ReturnType<typeof startServer>;

  private constructor(programs: string, folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    const settings = ['fsync=off', `unix_socket_directories=${folder}`, 'wal_level=logical'];
    const args = ['-D', join(folder, 'data'), '-p', String(port)];
    this.server = startServer(join(programs, 'postgres'), [
      ...args,
      ...settings.flatMap((each) => ['-c', each]),
    ]);
    this.place = {
      streams: { run: this.run } as unknown as ContainerStreams,
      container: '',
      definition: { environment: { POSTGRES_USER: 'shop', POSTGRES_DB: 'shop' } },
      signal: new AbortController().signal,
    };
  }

  static async start(programs: string): Promise<LocalPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'canary-postgres-'));
    const { uid = process.getuid?.() ?? 0, gid = process.getgid?.() ?? 0 } = asOwner();
    await chown(folder, uid, gid);
    const options = ['--username=shop', '--auth=trust', '--no-sync', '--encoding=UTF8'];
    await execa(join(programs, 'initdb'), ['-D', join(folder, 'data'), ...options], asOwner());
    const [port = 0] = await freePorts(1);
    const postgres = new LocalPostgres(programs, folder, port);
    try {
      await postgres.sql('create database shop', 'postgres', { attempts: 100 });
      return postgres;
    } catch (error) {
      await postgres.dispose();
      throw error;
    }
  }

  /** Statements of the server's owner, over the socket. */
  async sql(input: string, database = 'shop', { attempts = 1 } = {}): Promise<string> {
    const command = ['psql', '-X', '-Atq', '-v', 'ON_ERROR_STOP=1', '-d', database];
    const { exitCode, stdout, stderr } = await this.run({ container: '', command, input });
    if (exitCode === 0) return stdout;
    if (attempts <= 1) throw new Error(stderr);
    return this.sql(input, database, { attempts: attempts - 1 });
  }

  /** What a canary does: each of the texts is one session over the network. */
  async canary(input: string, user = 'shop', database = 'shop'): Promise<void> {
    const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-U', user];
    await execa('psql', [...options, '-p', String(this.port), '-d', database], { input });
  }

  async dispose(): Promise<void> {
    this.server.kill('SIGQUIT');
    await this.server;
    await rm(this.folder, { recursive: true, force: true });
  }

  private readonly run = async (
    { command: [program = '', ...args], env, input }: InContainer,
    { signal, onLine }: { signal?: AbortSignal; onLine?: (line: string) => void } = {},
  ) => {
    const socket = { PGHOST: this.folder, PGPORT: String(this.port), PGUSER: 'shop' };
    const running = execa(program, args, {
      env: { ...socket, ...env },
      reject: false,
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
      ...(signal ? { cancelSignal: signal } : {}),
    });
    if (onLine) for await (const line of running) onLine(String(line));
    const { stdout, stderr, exitCode } = await running;
    signal?.throwIfAborted();
    return { stdout: String(stdout), stderr: String(stderr), exitCode: exitCode ?? 1 };
  };
}

function startServer(program: string, args: readonly string[]) {
  return execa(program, args, { ...asOwner(), reject: false, stdio: 'ignore' });
}

/** The server refuses to run as root. */
function asOwner(): { uid: number; gid: number } | Record<string, never> {
  const NOBODY = 65_534;
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}
