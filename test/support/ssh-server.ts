import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { until } from './storedog.ts';

type Environment = Readonly<Record<string, string>>;

type Sshd = ReturnType<typeof startSshd>;

interface Listening {
  port: number;
  sshd: Sshd;
}

const HOST = '127.0.0.1';
const PORTS_TRIED = 5;
const CLIENT_SETTINGS = 'ssh_config';

/**
 * A real sshd on its own port, for the user who runs the tests and for one key. Everything that server and client read
 * or write is in one temporary folder: ~/.ssh and /etc/ssh do not matter.
 */
export class SshServer {
  readonly port: number;
  readonly directory: string;
  readonly #sshd: Sshd;

  private constructor(directory: string, { port, sshd }: Listening) {
    this.directory = directory;
    this.port = port;
    this.#sshd = sshd;
  }

  /** Starts it. `session` is added to the environment of what clients run, for example a `PATH` with a `canary`. */
  static async start(session: Environment = {}): Promise<SshServer> {
    const directory = await mkdtemp(join(tmpdir(), 'canary-ssh-'));
    try {
      const home = join(directory, 'home');
      await mkdir(home);
      const hostKey = await makeKey(join(directory, 'host_key'));
      await writeFile(join(directory, 'authorized_keys'), await makeKey(join(directory, 'key')));
      // A separate home: shell and git read no settings of the user who runs the tests.
      const listening = await listenOnAnyPort(directory, { HOME: home, ...session });
      const { port } = listening;
      await writeFile(join(directory, 'known_hosts'), `[${HOST}]:${port} ${hostKey}`);
      await writeFile(join(directory, CLIENT_SETTINGS), clientSettings(directory, port));
      return new SshServer(directory, listening);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** An absolute path on the server as a URL. */
  url(path: string): string {
    return `ssh://${userInfo().username}@${HOST}:${this.port}${path}`;
  }

  /** The same as `user@host:path`; the host is a name that only the client's settings know. */
  scpUrl(path: string): string {
    return `${userInfo().username}@${aliasOf(this.port)}:${path}`;
  }

  /** The environment that makes git reach this server with the accepted key. */
  get environment(): Environment {
    return this.#environmentWith('key');
  }

  /** The same with a key that the server does not know. */
  async strangersEnvironment(): Promise<Environment> {
    await makeKey(join(this.directory, 'strangers_key'));
    return this.#environmentWith('strangers_key');
  }

  /** Stops the server with every open session, and removes its folder. */
  async dispose(): Promise<void> {
    const sessions = await descendants(this.#sshd.pid);
    this.#sshd.kill();
    for (const pid of sessions) endProcess(pid);
    await this.#sshd;
    await until('every session has ended', async () => {
      const running = await Promise.all(sessions.map(isRunning));
      return !running.includes(true);
    });
    await rm(this.directory, { recursive: true, force: true });
  }

  #environmentWith(key: string): Environment {
    // git passes this line to a shell.
    const quoted = [CLIENT_SETTINGS, key].map((name) => `'${join(this.directory, name)}'`);
    return { GIT_SSH_COMMAND: `ssh -F ${quoted[0]} -i ${quoted[1]}` };
  }
}

function aliasOf(port: number): string {
  return `deploy-server-${port}`;
}

function clientSettings(directory: string, port: number): string {
  return `Host ${aliasOf(port)}
  HostName ${HOST}
  Port ${port}
Host *
  UserKnownHostsFile "${join(directory, 'known_hosts')}"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  UpdateHostKeys no
  BatchMode yes
  IdentitiesOnly yes
  IdentityAgent none
`;
}

function serverSettings(directory: string, port: number, session: Environment): string {
  const variables = Object.entries(session).map(([name, value]) => `"${name}=${value}"`);
  return `ListenAddress ${HOST}:${port}
HostKey "${join(directory, 'host_key')}"
AuthorizedKeysFile "${join(directory, 'authorized_keys')}"
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
PrintMotd no
SetEnv ${variables.join(' ')}
`;
}

/** Creates a pair of keys and returns the public one. */
async function makeKey(file: string): Promise<string> {
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'canary test', '-f', file]);
  return readFile(`${file}.pub`, 'utf8');
}

async function listenOnAnyPort(directory: string, session: Environment): Promise<Listening> {
  // As root, sshd isolates new connections in this empty folder; the service that would create it does not run.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const program = await findSshd();
  let refused = '';
  for (let tries = 0; tries < PORTS_TRIED; tries += 1) {
    // Another program may take the port before sshd does.
    const port = await freePort();
    const settings = join(directory, 'sshd_config');
    await writeFile(settings, serverSettings(directory, port, session));
    const sshd = startSshd(program, settings);
    if (await listens(sshd)) return { port, sshd };
    refused = (await sshd).stderr;
  }
  throw new Error(`sshd does not start:\n${refused}`);
}

function startSshd(program: string, settings: string) {
  return execa(program, ['-D', '-e', '-f', settings], { reject: false, stdin: 'ignore' });
}

/** True once it reports that it listens, false if it ends without. */
function listens(sshd: Sshd): Promise<boolean> {
  return new Promise((resolve) => {
    let said = '';
    sshd.stderr.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Server listening on ')) resolve(true);
    });
    sshd.stderr.on('end', () => resolve(false));
  });
}

// It must be called by its absolute path, and a user's PATH may lack its folder.
async function findSshd(): Promise<string> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin'];
  for (const folder of folders) {
    const file = join(folder, 'sshd');
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  throw new Error('No sshd: run the set-up (`node scripts/setup.mjs --tests`) first.');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Every process below this one, because a session survives the server. */
async function descendants(pid: number | undefined): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter(Boolean).map(Number);
  return [...children, ...(await Promise.all(children.map(descendants))).flat()];
}

/** False also for a process that has ended but was not reaped: it has no command line. */
export async function isRunning(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}
