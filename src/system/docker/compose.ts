import type { ComposeModel } from '../../compose/model/model.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import { CanaryError, type ErrorCode } from '../../errors.ts';
import { type ProcessRunner, type RunResult, tail } from '../process.ts';
import { engineUnreachable, isUnreachable, takenPort } from './engine.ts';

/** What one call of Compose is about: which project, which files. */
export interface ComposeScope {
  projectDirectory: string;
  files: readonly string[];
  projectName?: string | undefined;
  envFiles?: readonly string[] | undefined;
  profiles?: readonly string[] | undefined;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  onLine?: ((line: string) => void) | undefined;
}

/** How many containers services get where that is not what their definition says. */
export type Scale = Readonly<Record<string, number>>;

/** Docker Compose v2, through its own command line. */
export interface Compose {
  /** The version of the plugin; throws `compose-missing`. */
  version(): Promise<string>;
  /** The resolved model. It holds secrets: never to be written or printed. */
  model(scope: ComposeScope): Promise<ComposeModel>;
  /** The model as people wrote it: files merged and paths absolute, but variables not yet replaced. */
  written(scope: ComposeScope): Promise<WrittenModel>;
  /** What Compose makes of this YAML alone; it may name services and networks that it does not define. Holds secrets too. */
  part(scope: ComposeScope, text: string): Promise<ComposeModel>;
  build(scope: ComposeScope, services: readonly string[], options?: CallOptions): Promise<void>;
  /** Starts services as defined, and nothing they depend on. Recreates those whose definition changed. */
  up(
    scope: ComposeScope,
    services: readonly string[],
    options?: CallOptions & { scale?: Scale },
  ): Promise<void>;
  /** Makes the containers of services anew, whether or not their definition changed. */
  recreate(scope: ComposeScope, services: readonly string[], options?: CallOptions): Promise<void>;
  /** Starts services with what they depend on; leaves every container that exists as it is. */
  startMissing(
    scope: ComposeScope,
    services: readonly string[],
    options?: CallOptions,
  ): Promise<void>;
  /** Brings services to so many containers, by today's definition, beside those that exist. */
  grow(scope: ComposeScope, scale: Scale, options?: CallOptions): Promise<void>;
  /** Creates containers without starting them. */
  create(scope: ComposeScope, services: readonly string[], options?: CallOptions): Promise<void>;
  /** Starts containers that exist; what Compose keeps for them reaches them only now, so the engine alone cannot. */
  startCreated(
    scope: ComposeScope,
    services: readonly string[],
    options?: CallOptions,
  ): Promise<void>;
  /** Starts the one container of a service under a name, apart from those that Compose keeps running. */
  startOnce(
    scope: ComposeScope,
    service: string,
    name: string,
    options?: CallOptions,
  ): Promise<void>;
  /** Runs a command in a container of a service that is removed after it, with no port published. */
  runOnce(scope: ComposeScope, service: string, command: readonly string[]): Promise<RunResult>;
}

/** The oldest Compose that knows `!reset` and `!override` as canary writes them. */
export const OLDEST_COMPOSE = '2.24.0';

export class ComposeCli implements Compose {
  private readonly runner: ProcessRunner;

  constructor(runner: ProcessRunner) {
    this.runner = runner;
  }

  async version(): Promise<string> {
    const result = await this.runner.run('docker', ['compose', 'version', '--short']);
    const version = result.stdout.trim().replace(/^v/, '');
    if (result.exitCode === 0 && /^\d/.test(version)) return version;
    throw new CanaryError(
      'compose-missing',
      'Docker Compose v2 is not installed (`docker compose` does not answer).',
      {
        hint: `Install the Compose plugin ${OLDEST_COMPOSE} or newer; the old \`docker-compose\` (v1) cannot be used.`,
      },
    );
  }

  async model(scope: ComposeScope): Promise<ComposeModel> {
    return unescaped(await this.config(scope)) as ComposeModel;
  }

  async written(scope: ComposeScope): Promise<WrittenModel> {
    return JSON.parse(await this.config(scope, ['--no-interpolate'])) as WrittenModel;
  }

  async part(scope: ComposeScope, input: string): Promise<ComposeModel> {
    const alone = { ...scope, files: ['-'] };
    const text = await this.config(alone, ['--no-consistency'], { input });
    return unescaped(text) as ComposeModel;
  }

  private async config(
    scope: ComposeScope,
    flags: readonly string[] = [],
    options: CallOptions & { input?: string } = {},
  ): Promise<string> {
    const result = await this.call(scope, ['config', '--format', 'json', ...flags], options);
    if (result.exitCode !== 0)
      throw await this.failure('compose-file-invalid', 'Compose refuses the compose file.', result);
    return result.stdout;
  }

  async build(
    scope: ComposeScope,
    services: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    const result = await this.call(scope, ['build', ...services], options);
    if (result.exitCode !== 0) {
      throw await this.failure(
        'build-failed',
        `The build of ${services.join(', ')} failed.`,
        result,
      );
    }
  }

  async up(
    scope: ComposeScope,
    services: readonly string[],
    { scale = {}, ...options }: CallOptions & { scale?: Scale } = {},
  ): Promise<void> {
    const args = ['up', '--detach', '--no-deps', '--no-build', ...scaleFlags(scale), ...services];
    await this.start(scope, args, services, options);
  }

  async recreate(
    scope: ComposeScope,
    services: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    const args = ['up', '--detach', '--no-deps', '--no-build', '--force-recreate', ...services];
    await this.start(scope, args, services, options);
  }

  async startMissing(
    scope: ComposeScope,
    services: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    await this.start(scope, ['up', '--detach', '--no-recreate', ...services], services, options);
  }

  async grow(scope: ComposeScope, scale: Scale, options: CallOptions = {}): Promise<void> {
    const services = Object.keys(scale);
    const flags = ['--detach', '--no-deps', '--no-build', '--no-recreate', ...scaleFlags(scale)];
    await this.start(scope, ['up', ...flags, ...services], services, options);
  }

  async create(
    scope: ComposeScope,
    services: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    await this.start(scope, ['create', '--no-build', ...services], services, options);
  }

  async startOnce(
    scope: ComposeScope,
    service: string,
    name: string,
    options: CallOptions = {},
  ): Promise<void> {
    const args = ['run', '--detach', '--no-deps', '--no-TTY', '--name', name, service];
    await this.start(scope, args, [service], options);
  }

  runOnce(scope: ComposeScope, service: string, command: readonly string[]): Promise<RunResult> {
    return this.call(scope, ['run', '--rm', '--no-deps', '--no-TTY', service, ...command]);
  }

  async startCreated(
    scope: ComposeScope,
    services: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    await this.start(scope, ['start', ...services], services, options);
  }

  private async start(
    scope: ComposeScope,
    args: readonly string[],
    services: readonly string[],
    options: CallOptions,
  ): Promise<void> {
    const result = await this.call(scope, args, options);
    if (result.exitCode === 0) return;
    const taken = takenPort(result.stderr);
    if (taken) throw taken;
    throw await this.failure(
      'start-failed',
      `${services.join(', ')} could not be started.`,
      result,
    );
  }

  private call(
    scope: ComposeScope,
    args: readonly string[],
    options: CallOptions & { input?: string } = {},
  ): Promise<RunResult> {
    const global = [
      '--ansi',
      'never',
      '--progress',
      'plain',
      '--project-directory',
      scope.projectDirectory,
      ...(scope.projectName ? ['--project-name', scope.projectName] : []),
      ...scope.files.flatMap((file) => ['--file', file]),
      ...(scope.envFiles ?? []).flatMap((file) => ['--env-file', file]),
      ...(scope.profiles ?? []).flatMap((profile) => ['--profile', profile]),
    ];
    return this.runner.run('docker', ['compose', ...global, ...args], {
      cwd: scope.projectDirectory,
      ...options,
    });
  }

  /** The error of a failed call; finds out first whether Compose or the engine are there at all. */
  private async failure(code: ErrorCode, message: string, result: RunResult): Promise<CanaryError> {
    if (isUnreachable(result.stderr)) return engineUnreachable(result.stderr);
    if (
      /unknown (docker )?command|unknown (shorthand )?flag|is not a docker command/i.test(
        result.stderr,
      )
    )
      await this.version();
    return new CanaryError(code, message, { details: tail(result.stderr) });
  }
}

/** A resolved model as it is: Compose prints it so that it could be read again, every dollar twice. */
function unescaped(json: string): unknown {
  return JSON.parse(json, (_, value) =>
    typeof value === 'string' ? value.replaceAll('$$', () => '$') : value,
  );
}

function scaleFlags(scale: Scale): string[] {
  return Object.entries(scale).flatMap(([name, count]) => ['--scale', `${name}=${count}`]);
}

/** Whether a version is at least another; both as `2.40.3`, whatever follows. */
export function isAtLeast(version: string, oldest: string): boolean {
  const parts = (text: string) =>
    text
      .split(/[.+-]/)
      .slice(0, 3)
      .map((part) => Number.parseInt(part, 10) || 0);
  const [have, need] = [parts(version), parts(oldest)];
  for (const index of [0, 1, 2]) {
    const difference = (have[index] ?? 0) - (need[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
