import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { execa } from 'execa';

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/** Containers on their own network, all removed in the end. */
export class Stage {
  private readonly network = `canary-bench-${randomBytes(4).toString('hex')}`;
  private readonly containers: string[] = [];

  async open(): Promise<void> {
    await docker('network', 'create', this.network);
  }

  /** Starts a container on one core, with these mounts. */
  async start(
    name: string,
    image: string,
    { core, aliases = [], mounts, command = [] }: Start,
  ): Promise<string> {
    const id = await docker(
      ...['run', '--detach', '--network', this.network, '--cpuset-cpus', String(core)],
      // They write their logs; if the engine kept these, that would only be noise.
      ...['--log-driver', 'none'],
      ...[name, ...aliases].flatMap((alias) => ['--network-alias', alias]),
      ...mounts.flatMap((mount) => ['--volume', mount]),
      ...[image, ...command],
    );
    this.containers.push(id);
    return id;
  }

  /** Runs a command in its own container and returns its output. */
  async run(image: string, core: number, mounts: readonly string[], ...command: string[]) {
    const volumes = mounts.flatMap((mount) => ['--volume', mount]);
    const place = ['--network', this.network, '--cpuset-cpus', String(core)];
    return docker('run', '--rm', ...place, ...volumes, image, ...command);
  }

  async close(): Promise<void> {
    for (const id of this.containers) await docker('rm', '--force', '--volumes', id);
    await docker('network', 'rm', this.network);
  }
}

export interface Start {
  core: number;
  aliases?: readonly string[];
  mounts: readonly string[];
  command?: readonly string[];
}

export interface Images {
  haproxy: string;
  nginx: string;
  caddy: string;
  wrk: string;
}

/** The proxy's image as the set-up chose it; the others are built. */
export async function provideImages(root: string): Promise<Images> {
  const chosen = parseEnv(await readFile(join(root, '.setup/images.env'), 'utf8'));
  const haproxy = chosen.CANARY_PROXY_IMAGE;
  if (!haproxy) throw new Error('No proxy image: run `node scripts/setup.mjs` first.');
  const isStandin = haproxy.startsWith('canary-standin/');
  const base = isStandin ? 'canary-standin/base:trixie' : 'debian:trixie-slim';
  const proxies = PROXY_VARIABLES.filter((name) => process.env[name]);
  const build = async (target: string) => {
    const tag = `canary-bench/${target}`;
    await docker(
      ...['build', '--quiet', '--target', target, '--tag', tag, '--build-arg', `BASE=${base}`],
      // Only the name: the value comes from the environment.
      ...proxies.flatMap((name) => ['--build-arg', name]),
      join(root, 'bench'),
    );
    return tag;
  };
  return {
    haproxy,
    nginx: await build('nginx'),
    caddy: await build('caddy'),
    wrk: await build('wrk'),
  };
}

/** Microseconds of processor time that a container has used, in either version of control groups. */
export async function processorTime(id: string): Promise<number> {
  const script =
    'cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || grep usage_usec /sys/fs/cgroup/cpu.stat';
  const text = await docker('exec', id, 'sh', '-c', script);
  const isSecondVersion = text.startsWith('usage_usec');
  return isSecondVersion ? Number(text.split(' ')[1]) : Number(text) / 1000;
}

export async function addressOf(id: string): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return docker('inspect', '--format', format, id);
}

export async function firstLine(image: string, ...command: string[]): Promise<string> {
  const { stdout, stderr } = await execa('docker', ['run', '--rm', image, ...command]);
  return `${stdout}\n${stderr}`.trim().split('\n')[0] ?? '';
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { stdin: 'ignore' });
  return stdout.trim();
}
