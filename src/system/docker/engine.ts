import { LABEL, PROXY_SERVICE } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import type { ObservedContainer } from '../../rollout/observed.ts';
import { type ProcessRunner, type RunOptions, type RunResult, tail } from '../process.ts';
import { disposeOf } from './dispose.ts';

/** The Docker Engine, through its own command line, so that contexts and remote engines work as usual. */
export interface Engine {
  /** The server's version; throws `engine-unreachable`. */
  version(): Promise<string>;
  /** Every container of a compose project, one-off runs left out. */
  containers(project: string): Promise<ObservedContainer[]>;
  /** The id of an image, or `undefined` when there is none of that name. */
  imageId(reference: string): Promise<string | undefined>;
  tagImage(source: string, target: string): Promise<void>;
  /** Removes an image name; one that does not exist, or is in use, is left. */
  untagImage(reference: string): Promise<void>;
  /** Every tagged name of a repository, such as `shop-web:canary-1a2b3c4d5e6f`. */
  imageNames(repository: string): Promise<string[]>;
  startContainer(id: string): Promise<void>;
  /** Stops a container in its own way and time (stop signal and grace period). */
  stopContainer(id: string): Promise<void>;
  /** Stops, then removes a container. */
  removeContainer(id: string): Promise<void>;
  /** Waits until a container has ended and gives its exit code; `undefined` when there is none of that name. */
  exitCode(name: string, signal: AbortSignal): Promise<number | undefined>;
  /** Removes a container at once, with its volumes that have no name. */
  destroyContainer(id: string): Promise<void>;
  /** Removes the volumes that clones of a project had of their own and that nobody uses any more. */
  removeOwnVolumes(project: string): Promise<void>;
  /** Removes all that a throw-away compose project of ours has. Safe to repeat. */
  dispose(project: string): Promise<void>;
  /** Runs a command in a running container, whatever its exit code. */
  exec(id: string, command: readonly string[]): Promise<RunResult>;
  /** The last lines a container wrote. */
  logs(id: string, lines: number): Promise<string[]>;
}

export class DockerEngine implements Engine {
  private readonly runner: ProcessRunner;

  constructor(runner: ProcessRunner) {
    this.runner = runner;
  }

  async version(): Promise<string> {
    const result = await this.runner.run('docker', ['version', '--format', '{{.Server.Version}}']);
    if (result.exitCode === 0) return result.stdout.trim();
    throw engineUnreachable(result.stderr);
  }

  async containers(project: string): Promise<ObservedContainer[]> {
    const listed = await this.docker([
      'ps',
      '--all',
      '--quiet',
      '--no-trunc',
      '--filter',
      `label=com.docker.compose.project=${project}`,
      '--filter',
      'label=com.docker.compose.oneoff=False',
    ]);
    const ids = listed.split('\n').filter(Boolean);
    if (ids.length === 0) return [];
    // Not through docker(): a container that goes away between the two calls is no error.
    const { stdout } = await this.runner.run('docker', ['container', 'inspect', ...ids]);
    return (JSON.parse(stdout) as InspectedContainer[]).map(observe).sort(byName);
  }

  async imageId(reference: string): Promise<string | undefined> {
    const result = await this.runner.run('docker', [
      'image',
      'inspect',
      '--format',
      '{{.Id}}',
      reference,
    ]);
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  }

  async tagImage(source: string, target: string): Promise<void> {
    await this.docker(['image', 'tag', source, target]);
  }

  async untagImage(reference: string): Promise<void> {
    await this.runner.run('docker', ['image', 'rm', '--no-prune', reference]);
  }

  async imageNames(repository: string): Promise<string[]> {
    const format = '{{.Repository}}:{{.Tag}}';
    const listed = await this.docker(['image', 'ls', '--format', format, '--', repository]);
    return listed.split('\n').filter((name) => name !== '' && !name.endsWith(':<none>'));
  }

  async startContainer(id: string): Promise<void> {
    const result = await this.runner.run('docker', ['container', 'start', id]);
    if (result.exitCode === 0) return;
    throw takenPort(result.stderr) ?? failed('container start', result.stderr);
  }

  async stopContainer(id: string): Promise<void> {
    await this.docker(['container', 'stop', id]);
  }

  async removeContainer(id: string): Promise<void> {
    await this.stopContainer(id);
    await this.docker(['container', 'rm', '--force', id]);
  }

  async exitCode(name: string, signal: AbortSignal): Promise<number | undefined> {
    const format = ['--format', '{{.State.Status}}'];
    const found = await this.runner.run('docker', ['container', 'inspect', ...format, name]);
    if (found.exitCode !== 0) return undefined;
    // Nobody started it: waiting for it would end at once, and well.
    if (found.stdout.trim() === 'created') {
      await this.destroyContainer(name);
      return undefined;
    }
    return Number(await this.docker(['container', 'wait', name], { signal }));
  }

  async destroyContainer(id: string): Promise<void> {
    await this.docker(['container', 'rm', '--force', '--volumes', id]);
  }

  async removeOwnVolumes(project: string): Promise<void> {
    const filters = [
      ...[`label=com.docker.compose.project=${project}`, `label=${LABEL.role}=canary`],
      'dangling=true',
    ].flatMap((filter) => ['--filter', filter]);
    const names = (await this.docker(['volume', 'ls', '--quiet', ...filters])).split('\n');
    const found = names.filter(Boolean);
    if (found.length > 0) await this.docker(['volume', 'rm', ...found]);
  }

  dispose(project: string): Promise<void> {
    return disposeOf(this.runner, project);
  }

  exec(id: string, command: readonly string[]): Promise<RunResult> {
    return this.runner.run('docker', ['exec', id, ...command]);
  }

  async logs(id: string, lines: number): Promise<string[]> {
    const { stdout, stderr } = await this.runner.run('docker', [
      'logs',
      '--tail',
      String(lines),
      id,
    ]);
    return tail(`${stdout}\n${stderr}`, lines);
  }

  private async docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const result = await this.runner.run('docker', args, options);
    if (result.exitCode === 0) return result.stdout;
    if (isUnreachable(result.stderr)) throw engineUnreachable(result.stderr);
    throw failed(args.slice(0, 2).join(' '), result.stderr);
  }
}

function failed(command: string, stderr: string): CanaryError {
  return new CanaryError('command-failed', `\`docker ${command}\` failed.`, {
    details: tail(stderr),
  });
}

/** The error for a port that something else holds, when that is what the engine says. */
export function takenPort(stderr: string): CanaryError | undefined {
  const found =
    /(?:Bind for|listen tcp\S*) \S*?:(\d+)(?:: bind)?.*(?:port is already allocated|address already in use)/.exec(
      stderr,
    );
  return found ? portTaken(Number(found[1])) : undefined;
}

export function portTaken(port: number): CanaryError {
  return new CanaryError('port-taken', `Port ${port} of this machine is taken by something else.`, {
    hint: `Find it with \`ss -ltnp 'sport = :${port}'\`, or choose another port.`,
  });
}

/** Whether the words of a failed command say that nobody answers at the engine. */
export function isUnreachable(stderr: string): boolean {
  return /cannot connect to the docker daemon|is the docker daemon running|error during connect/i.test(
    stderr,
  );
}

export function engineUnreachable(stderr: string): CanaryError {
  return new CanaryError('engine-unreachable', 'Docker Engine does not answer.', {
    details: tail(stderr, 3),
    hint: 'Start it (for instance `systemctl start docker`), then run `canary doctor`.',
  });
}

interface InspectedContainer {
  Id: string;
  Name: string;
  Image: string;
  RestartCount: number;
  State: {
    Status: string;
    StartedAt: string;
    ExitCode: number;
    OOMKilled?: boolean;
    Health?: { Status: string };
  };
  Config: { Image: string; Labels: Record<string, string>; Env: string[] | null };
  HostConfig: { PortBindings: Record<string, { HostPort: string }[] | null> | null };
  Mounts: { Type: string; Name?: string }[];
  NetworkSettings: { Networks: Record<string, { IPAddress: string; Links: string[] | null }> };
}

function observe(container: InspectedContainer): ObservedContainer {
  const labels = container.Config.Labels;
  const role = labels[LABEL.role];
  const health = container.State.Health?.Status;
  return {
    id: container.Id,
    name: container.Name.replace(/^\//, ''),
    service: labels[LABEL.service] ?? labels['com.docker.compose.service'] ?? '',
    role: role === 'canary' || role === 'baseline' || role === 'proxy' ? role : 'stable',
    state: container.State.Status,
    health:
      health === 'healthy' || health === 'unhealthy' || health === 'starting' ? health : 'none',
    imageId: container.Image,
    image: container.Config.Image,
    startedAt: container.State.StartedAt,
    exitCode: container.State.ExitCode,
    ...(container.State.OOMKilled ? { outOfMemory: true } : {}),
    restartCount: container.RestartCount,
    publishedPorts: Object.values(container.HostConfig.PortBindings ?? {}).flatMap((bindings) =>
      (bindings ?? []).map((binding) => Number(binding.HostPort)).filter((port) => port > 0),
    ),
    addresses: Object.values(container.NetworkSettings.Networks)
      .map((network) => network.IPAddress)
      .filter(Boolean),
    hasAnonymousVolume: container.Mounts.some(
      (mount) => mount.Type === 'volume' && /^[0-9a-f]{64}$/.test(mount.Name ?? ''),
    ),
    proxyLinks: linksOf(container),
    ...(container.Config.Env?.some((each) => /^VIRTUAL_HOST=./.test(each))
      ? { hasHost: true }
      : {}),
    commit: labels[LABEL.commit],
    release: labels[LABEL.release],
    definition: labels[LABEL.definition],
  };
}

/** Named once, however many networks it is on. */
function linksOf({ NetworkSettings: { Networks } }: InspectedContainer): string[] {
  const links = Object.values(Networks).flatMap((network) => network.Links ?? []);
  return [...new Set(links)].filter((link) => link.startsWith(`${PROXY_SERVICE}:`)).sort();
}

function byName(left: ObservedContainer, right: ObservedContainer): number {
  return left.name < right.name ? -1 : 1;
}
