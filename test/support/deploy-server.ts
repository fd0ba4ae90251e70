import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { BIN, type Ended } from './built-canary.ts';
import { within } from './patience.ts';
import { SshServer } from './ssh-server.ts';
import { GIT_ENV, type Storedog } from './storedog.ts';

/** A server reached by ssh, with canary installed and nothing deployed yet; the shop's own folder is the laptop. */
export class DeployServer {
  readonly directory: string;
  private readonly laptop: Storedog;
  private readonly ssh: SshServer;

  private constructor(directory: string, laptop: Storedog, ssh: SshServer) {
    this.directory = directory;
    this.laptop = laptop;
    this.ssh = ssh;
  }

  static async start(laptop: Storedog): Promise<DeployServer> {
    const directory = await mkdtemp(join(tmpdir(), `${laptop.project}-server-`));
    const programs = join(directory, 'programs');
    await mkdir(programs);
    const script = `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`;
    await writeFile(join(programs, 'canary'), script, { mode: 0o755 });
    const ssh = await SshServer.start({
      ...GIT_ENV,
      PATH: `${programs}${delimiter}${process.env.PATH}`,
    });
    return new DeployServer(directory, laptop, ssh);
  }

  /** Where production runs: beside the repository that receives the pushes. */
  get production(): string {
    return join(this.directory, 'shop');
  }

  get repository(): string {
    return `${this.production}.git`;
  }

  get url(): string {
    return this.ssh.url(this.repository);
  }

  /** The same as `user@host:path`. */
  get shortUrl(): string {
    return this.ssh.scpUrl(this.repository);
  }

  get environment(): Record<string, string> {
    return { ...GIT_ENV, ...this.ssh.environment };
  }

  /** Runs `canary remote add` on the laptop, and writes the secrets of production. */
  async prepare(url = this.url): Promise<Ended> {
    const ended = await this.laptop.canaryWith(this.environment, 'remote', 'add', 'deploy', url);
    if (ended.exitCode !== 0) throw new Error(ended.stderr);
    await copyFile(join(this.laptop.directory, '.env'), join(this.production, '.env'));
    return ended;
  }

  /** Runs `git push` from the laptop to its end, whatever the result. */
  async push(...args: string[]): Promise<Ended> {
    const { exitCode = -1, stdout, stderr } = await this.startPush(...args);
    return { exitCode, stdout: String(stdout), stderr: String(stderr) };
  }

  startPush(...args: string[]) {
    return execa('git', ['push', ...args], {
      cwd: this.laptop.directory,
      env: this.environment,
      reject: false,
      stdin: 'ignore',
      timeout: within(180_000),
    });
  }

  /** A push that has printed its first output. */
  async pushUntil(words: string, ...args: string[]) {
    const push = this.startPush(...args);
    let said = '';
    await new Promise<void>((resolve, reject) => {
      push.stderr.on('data', (chunk) => {
        said += chunk;
        if (said.includes(words)) resolve();
      });
      push.stderr.on('end', () => reject(new Error(`The push never said "${words}":\n${said}`)));
    });
    // In an object: a process is a promise too, and would be awaited.
    return { push };
  }

  /** A ref of the repository that receives the pushes, or nothing. */
  async ref(name: string): Promise<string> {
    const args = ['rev-parse', '--verify', '--quiet', name];
    const { stdout } = await execa('git', args, { cwd: this.repository, reject: false });
    return stdout;
  }

  /** Runs canary on the server, in production's folder. */
  async canary(...args: string[]): Promise<Ended> {
    const ended = await this.laptop.canaryWith(GIT_ENV, '-C', this.production, ...args);
    if (ended.exitCode !== 0) throw new Error(`canary ${args.join(' ')}: ${ended.stderr}`);
    return ended;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON whose shape they assert themselves.
  async status(): Promise<any> {
    return JSON.parse((await this.canary('status', '--json')).stdout);
  }

  async dispose(): Promise<void> {
    await this.ssh.dispose();
    await rm(this.directory, { recursive: true, force: true });
  }
}
