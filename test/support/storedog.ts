import { randomBytes } from 'node:crypto';
import { access, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { LABEL } from '../../src/compose/model/names.ts';
import { nearReads } from '../../src/system/docker/reads/near.ts';
import { realMachine } from '../../src/system/machine.ts';
import { BIN, type Ended, runBuilt } from './built-canary.ts';
import { within } from './patience.ts';
import { freePorts } from './ports.ts';
import { quietHealth } from './quiet-health.ts';
import { removeProject } from './remove-project.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
/** Replaces the user's git settings, so that their hooks and signing do not matter here. */
export const GIT_ENV = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

/** A test looks a hundred times: by the engine's API, which is the same as `docker inspect` by test/engine/up. */
const ENGINE = nearReads(realMachine(process.env).engineWay);

const ASK_POSTGRES = 'pg_isready -h 127.0.0.1 -U storedog -d storedog';

/** The state of a container that a promise is about. */
export interface ContainerFacts {
  service: string;
  id: string;
  startedAt: string;
  restartCount: number;
}

/** A copy of Storedog in a repository, with its own project name and ports, on the real engine. */
export class Storedog {
  readonly directory: string;
  readonly project: string;
  readonly port: number;
  readonly preview: number;
  /** Whether every command is a separate process, as when people start it, which takes longer. */
  hasProcesses = false;

  protected constructor(directory: string, project: string, port: number, preview: number) {
    this.directory = directory;
    this.project = project;
    this.port = port;
    this.preview = preview;
  }

  /** Creates the copy and commits it; `edit` changes the compose file first. */
  static async create(
    edit: (compose: string, project: string) => string = (text) => text,
  ): Promise<Storedog> {
    const project = `canary-test-${randomBytes(4).toString('hex')}`;
    const directory = await mkdtemp(join(tmpdir(), `${project}-`));
    await cp(join(ROOT, 'examples/storedog'), directory, { recursive: true });
    const [port, preview, discounts] = await freePorts(3);
    const shop = new Storedog(directory, project, port ?? 0, preview ?? 0);
    const compose = await shop.read('docker-compose.yml');
    await shop.write(
      'docker-compose.yml',
      edit(
        compose
          .replace('"3000:3000"', `"${port}:3000"`)
          .replace('"5001:5001"', `"${discounts}:5001"`)
          .replace(/healthcheck:\n(?: {6}.*\n)+/, `healthcheck: ${quietHealth(ASK_POSTGRES)}\n`),
        project,
      ),
    );
    const images = await readFile(join(ROOT, '.setup/images.env'), 'utf8');
    // One worker per service: it starts sooner, and has threads enough.
    await shop.write('.env', `COMPOSE_PROJECT_NAME=${project}\nWEB_CONCURRENCY=1\n${images}`);
    await shop.write(
      'canary.yaml',
      [
        'version: 1',
        'services:',
        `  frontend: { entry: ${port}, preview: ${preview} }`,
        '  discounts: {}',
        'identity: [header:X-User-Id]',
        // Comparing answers and rehearsing take seconds per deploy: the tests of those switch them on.
        'analysis: false',
        'database: { rehearse: off }',
        '',
      ].join('\n'),
    );
    await shop.git('init', '--quiet', '--initial-branch=main');
    await shop.git('config', 'user.name', 'Storedog Test');
    await shop.git('config', 'user.email', 'test@storedog.example');
    await writeFile(join(directory, '.git/info/exclude'), '.env\n');
    await shop.git('add', '--all');
    await shop.git('commit', '--quiet', '-m', 'Storedog');
    await shop.git('branch', 'canary');
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get previewUrl(): string {
    return `http://127.0.0.1:${this.preview}/`;
  }

  get goodPatch(): string {
    return join(this.directory, 'patches/0001-good-describe-discounts.patch');
  }

  get badPatch(): string {
    return join(this.directory, 'patches/0002-bad-rename-code-to-coupon.patch');
  }

  /** Starts production as people do, without canary. */
  async startProduction(page = ''): Promise<void> {
    await this.compose('up', '--detach', '--build', '--quiet-pull');
    await this.untilShopAnswers(page);
  }

  async untilShopAnswers(page = ''): Promise<void> {
    await until('the shop answers', async () => {
      const answer = await fetch(`${this.url}${page}`, {
        signal: AbortSignal.timeout(within(2000)),
      }).catch(() => undefined);
      await answer?.text();
      return answer?.status === 200;
    });
  }

  /** The options before each command of canary. */
  protected get flags(): readonly string[] {
    return [];
  }

  /** Runs canary to its end, whatever its exit code. */
  canary(...args: string[]): Promise<Ended> {
    if (this.hasProcesses) return this.canaryWith({}, ...args);
    return runBuilt(this.directory, [...this.flags, ...args], { ...process.env, CI: 'true' });
  }

  /** The same in a separate process, with more in its environment. */
  async canaryWith(env: Record<string, string>, ...args: string[]): Promise<Ended> {
    const { exitCode = -1, stdout, stderr } = await this.startWith(env, ...args);
    return { exitCode, stdout: String(stdout), stderr: String(stderr) };
  }

  /** Runs canary and throws with its output if it fails. */
  async succeed(...args: string[]): Promise<Ended> {
    const ended = await this.canary(...args);
    if (ended.exitCode !== 0) {
      throw new Error(
        `canary ${args.join(' ')} exited with ${ended.exitCode}\n${ended.stdout}\n${ended.stderr}`,
      );
    }
    return ended;
  }

  /** Starts canary without waiting for it. */
  start(...args: string[]) {
    return this.startWith({}, ...args);
  }

  private startWith(env: Record<string, string>, ...args: string[]) {
    return execa(process.execPath, [BIN, ...this.flags, ...args], {
      cwd: this.directory,
      reject: false,
      stdin: 'ignore',
      timeout: within(180_000),
      env: { ...GIT_ENV, CI: 'true', ...env },
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON whose shape they assert themselves.
  async status(): Promise<any> {
    return JSON.parse((await this.succeed('status', '--json')).stdout);
  }

  /** The state of the release that began last, also of one that is history. */
  async newestState(): Promise<string> {
    const { stdout } = await this.succeed('history', '--json');
    return JSON.parse(stdout).releases[0]?.state;
  }

  async compose(...args: string[]): Promise<string> {
    const { stdout } = await execa('docker', ['compose', ...args], {
      cwd: this.directory,
      stdin: 'ignore',
      timeout: within(120_000),
    });
    return stdout;
  }

  /** `canary compose`, in a process of its own: Compose has its terminal. */
  async canaryCompose(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.canaryWith({}, 'compose', '--', ...args);
    if (exitCode !== 0) throw new Error(`canary compose ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async git(...args: string[]): Promise<string> {
    const { stdout } = await execa('git', args, { cwd: this.directory, env: GIT_ENV });
    return stdout;
  }

  /** Commits one changed file on a branch, in a temporary worktree; the shop's own files stay untouched. */
  async commitOn(branch: string, path: string, content: string): Promise<void> {
    const tree = `${this.directory}-${branch}`;
    await this.git('worktree', 'add', '--quiet', tree, branch);
    await writeFile(join(tree, path), content);
    await this.git('-C', tree, 'commit', '--quiet', '--all', '-m', `Change ${path}`);
    await this.git('worktree', 'remove', '--force', tree);
  }

  read(path: string): Promise<string> {
    return readFile(join(this.directory, path), 'utf8');
  }

  async write(path: string, content: string): Promise<void> {
    await writeFile(join(this.directory, path), content);
  }

  async exists(path: string): Promise<boolean> {
    return access(join(this.directory, path)).then(
      () => true,
      () => false,
    );
  }

  /** Runs SQL in the shared database and returns its rows as text. */
  async sql(statement: string): Promise<string> {
    return this.compose(
      'exec',
      '-T',
      'db',
      'psql',
      '-U',
      'storedog',
      '-d',
      'storedog',
      '-Atc',
      statement,
    );
  }

  /** Every container of the project that canary did not create. */
  async stableContainers(): Promise<ContainerFacts[]> {
    return (await this.containers()).filter((each) => !/canary|-baseline$/.test(each.service));
  }

  /** All but the stand-ins, which serve nobody. */
  async containers(): Promise<ContainerFacts[]> {
    return (await ENGINE.containers(this.project))
      .filter(({ Config: { Labels } }) => Labels[LABEL.role] !== 'stand-in')
      .map(({ Id, RestartCount, State, Config: { Labels } }) => ({
        service: Labels['com.docker.compose.service'] ?? '',
        ...{ id: Id, startedAt: State.StartedAt, restartCount: RestartCount },
      }))
      .sort((left, right) => (left.service + left.id < right.service + right.id ? -1 : 1));
  }

  /** The id of an image, without its `sha256:`. */
  async imageId(name: string): Promise<string> {
    const { stdout } = await execa('docker', ['image', 'inspect', '--format', '{{.Id}}', name]);
    return stdout.replace('sha256:', '');
  }

  /** Removes every container, network, volume, image and file of this copy. */
  async dispose(): Promise<void> {
    await removeProject(this.project);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Polls until a condition is true, for up to a minute on a good machine; `limitMs` is for a good machine too. */
export async function until(
  what: string,
  isTrue: () => Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + within(limitMs);
  for (;;) {
    const began = Date.now();
    if (await isTrue()) return;
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await breath(began, 50);
  }
}

/** A slow poll keeps the machine busy, which slows what is waited for; so the pause is at least as long as the poll. */
export function breath(lookBegan: number, leastMs: number): Promise<void> {
  const pause = Math.max(leastMs, Date.now() - lookBegan);
  return new Promise((resolve) => setTimeout(resolve, pause));
}
