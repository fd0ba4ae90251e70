import { randomBytes, randomInt } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { setUpFile } from './fixture-haproxy.ts';
import { claimPort, freePorts } from './ports.ts';
import { Storedog } from './storedog.ts';

export type Side = 'stable' | 'canary';

/** A stack of the folder `stacks`: its services answer with their name and version, such as `web stable`. */
export interface StackKind {
  title: string;
  folder: string;
  /** The flags before each command of canary and of Compose. */
  flags?: readonly string[];
  /** The services given to `init`; without any, it chooses the likely ones. */
  services?: readonly string[];
  /** The services that get a clone. */
  clones: readonly string[];
  /** How the compose files are encoded. */
  encode?: (text: string) => string;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const IMAGE = 'canary-test/stand-in';
const VERSION_FILE = 'app/version';
const APP = `FROM ${IMAGE}\nCOPY version /stand-in/version\n`;
/** Settings that keep a test's commands from waiting; only the test looks at the canary. */
const SETTINGS = [
  'identity: [header:X-User-Id]',
  'analysis: false',
  'database: { rehearse: off }',
  'drain: 0s',
  // An answer of the stable in place of the canary would hide what the test checks.
  'shield: false',
];

/** A stack in a repository, with its own project name and ports, on the real engine. */
export class Stack extends Storedog {
  private kind: StackKind | undefined;

  /** Creates the repository; its branch `canary` reports another version. */
  static async of(kind: StackKind): Promise<Stack> {
    await standIn();
    const project = `canary-test-${randomBytes(4).toString('hex')}`;
    const directory = await mkdtemp(join(tmpdir(), `${project}-`));
    const [port, preview = 0] = [await pairOfPorts(), ...(await freePorts(1))];
    const stack = new Stack(directory, project, port, preview);
    stack.kind = kind;
    await cp(join(HERE, 'stacks', kind.folder), directory, { recursive: true });
    await stack.encode();
    await mkdir(join(directory, 'app'));
    await stack.write('app/Dockerfile', APP);
    await stack.write(VERSION_FILE, 'stable\n');
    const variables = Object.entries(stack.variables()).map(asLine).join('');
    await stack.write('.env', variables + (await setUpFile()));
    await stack.git('init', '--quiet', '--initial-branch=main');
    await stack.git('config', 'user.name', 'Stack Test');
    await stack.git('config', 'user.email', 'test@stack.example');
    await writeFile(join(directory, '.git/info/exclude'), '.env\nuploads\n');
    await stack.git('add', '--all');
    await stack.git('commit', '--quiet', '-m', 'A stack');
    return stack;
  }

  /** Chooses the services and adds the settings that the test needs. */
  async choose(): Promise<void> {
    const named = (this.kind?.services ?? []).flatMap((name) => ['--service', name]);
    await this.succeed('init', '--yes', '--steps', 'none', ...named);
    const chosen = await this.read('canary.yaml');
    const preview = chosen.replace(/preview: \d+/, `preview: ${this.preview}`);
    await this.write('canary.yaml', `${preview}${SETTINGS.join('\n')}\n`);
    await this.git('commit', '--quiet', '--all', '-m', 'Settings');
    await this.git('branch', 'canary');
    await this.commitOn('canary', VERSION_FILE, 'canary\n');
  }

  protected override get flags(): readonly string[] {
    return this.kind?.flags ?? [];
  }

  override compose(...args: string[]): Promise<string> {
    return super.compose(...this.flags, ...args);
  }

  /** The answer of a service of a side; `path` names the services on the way and the question. */
  ask(side: Side, path: string, written?: string): Promise<unknown> {
    const options = {
      method: written === undefined ? 'GET' : 'PUT',
      headers: { 'X-Canary': side },
      agent: false,
    };
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, this.url), options, (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve(answered(text, path)));
        answer.on('error', reject);
      });
      asked.on('error', reject);
      asked.end(written);
    });
  }

  /** All containers of the project, by service. */
  async services(): Promise<string[]> {
    return (await this.containers()).map(({ service }) => service).sort();
  }

  /** What the engine reports about the containers of services. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON whose shape they assert themselves.
  async inspect(...services: readonly string[]): Promise<any[]> {
    const found = (await this.containers()).filter((each) => services.includes(each.service));
    if (found.length === 0) throw new Error(`no container of ${services}`);
    const { stdout } = await execa('docker', ['inspect', ...found.map(({ id }) => id)]);
    return JSON.parse(stdout);
  }

  /** Everything of the project on the engine except its containers, and every volume of those. */
  async holdings(): Promise<string[]> {
    const filter = ['--filter', `label=com.docker.compose.project=${this.project}`];
    const names = async (kind: string) => {
      const { stdout } = await execa('docker', [kind, 'ls', ...filter, '--format', '{{.Name}}']);
      return stdout.split('\n').map((name) => `${kind} ${name}`);
    };
    const containers = (await this.containers()).map(({ id }) => id);
    const format = '{{range .Mounts}}{{if .Name}}volume {{.Name}}\n{{end}}{{end}}';
    const { stdout } = await execa('docker', ['inspect', '--format', format, ...containers]);
    const all = [...(await names('network')), ...(await names('volume')), ...stdout.split('\n')];
    return [...new Set(all.filter((each) => /\s\S/.test(each)))].sort();
  }

  /** Whether the engine still has a volume. */
  async hasVolume(name: string): Promise<boolean> {
    const { exitCode } = await execa('docker', ['volume', 'inspect', name], { reject: false });
    return exitCode === 0;
  }

  /** What canary keeps beside the user's files. */
  async kept(): Promise<string[]> {
    return (await readdir(join(this.directory, '.canary'))).sort();
  }

  private variables(): Record<string, string> {
    // A separate subnet too: two networks of the engine must not overlap.
    const subnet = `10.${200 + randomInt(50)}.${randomInt(256)}`;
    return {
      COMPOSE_PROJECT_NAME: this.project,
      PORT: String(this.port),
      NEXT_PORT: String(this.port + 1),
      SUBNET: subnet,
    };
  }

  private async encode(): Promise<void> {
    const { encode } = this.kind ?? {};
    if (!encode) return;
    const path = 'compose.yaml';
    await this.write(path, encode(await this.read(path)));
  }
}

function asLine([key, value]: [string, string]): string {
  return `${key}=${value}\n`;
}

function answered(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} was answered with ${text}`);
  }
}

/** A free port whose next one is free as well. */
async function pairOfPorts(): Promise<number> {
  for (;;) {
    const [port = 0] = await freePorts(1);
    if (await claimPort(port + 1)) return port;
  }
}

let standInBuilt: Promise<unknown> | undefined;

/** Builds the image of every service, also under names of databases and queues. */
function standIn(): Promise<unknown> {
  standInBuilt ??= buildStandIn();
  return standInBuilt;
}

async function buildStandIn(): Promise<void> {
  const base = parseEnv(await setUpFile()).NODE_IMAGE;
  const tags = [IMAGE, `${IMAGE}-redis:7`, `${IMAGE}-postgres:16`];
  await execa('docker', [
    ...['build', '--quiet', '--build-arg', `BASE=${base}`],
    ...tags.flatMap((tag) => ['--tag', tag]),
    join(HERE, 'stand-in'),
  ]);
}
