import type { Guise } from '../../compose/disguise/guise.ts';
import { digestedModel, joinsContainer } from '../../compose/model/digest.ts';
import type { ComposeModel } from '../../compose/model/model.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import { CanaryError, type ErrorCode } from '../../errors.ts';
import { writeDurably } from '../files.ts';
import {
  type Environment,
  type RunOptions,
  type RunProcess,
  type RunResult,
  tail,
} from '../process.ts';
import { failingStep } from './build-output.ts';
import type { EngineWay } from './door/engine-way.ts';
import { engineUnreachable, isUnreachable, noSpace, takenPort } from './failures.ts';
import { hidingValues } from './hidden-values.ts';

/** What one call of Compose is about: which project, which files. */
export interface ComposeScope {
  projectDirectory: string;
  files: readonly string[];
  projectName?: string | undefined;
  envFiles?: readonly string[] | undefined;
  profiles?: readonly string[] | undefined;
  /** Variables whose value in the environment and in env files does not count. */
  variables?: Readonly<Record<string, string>> | undefined;
  /** What it sees and makes of containers, if that is not what is there. */
  guise?: Guise | undefined;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  onLine?: ((line: string) => void) | undefined;
}

/** How many containers services get if that differs from their definitions. */
export type Scale = Readonly<Record<string, number>>;

/** The oldest Compose that knows `!reset` and `!override` as canary writes them. */
export const OLDEST_COMPOSE = '2.24.0';

/** As defined, without their dependencies. */
const UP = ['up', '--detach', '--no-deps', '--no-build'];

const IN_A_WORKTREE =
  'If a step reads `.git`: canary builds from a git worktree, in which `.git` is a file. Give the build its commit as an argument.';

/** Only the image that is here: with `pull_policy: always` a registry would decide what runs. */
const AS_IS = ['--pull', 'never'];

export type Compose = ReturnType<typeof composeCli>;

/**
 * A build asks git about its folder. A branch can have a git folder there whose settings name programs, and git would
 * run them on this machine. Source: Docker's list of variables of Buildx.
 */
const ASKS_NO_GIT = { BUILDX_GIT_INFO: 'false', BUILDX_GIT_LABELS: 'false' };

/** The engine behind a door is on this machine's socket, whatever way leads there from the door. */
const BEHIND_DOOR = {
  DOCKER_CONTEXT: undefined,
  DOCKER_TLS_VERIFY: undefined,
  DOCKER_TLS: undefined,
  DOCKER_CERT_PATH: undefined,
};

/** The result of a call, and how the messages of a failed one may be shown. */
type Called = RunResult & { shown: (text: string) => string };

/**
 * Docker Compose v2, through its own command line. `way`: to the engine, for calls under a guise; `env`: the environment that
 * Compose has.
 */
export function composeCli(run: RunProcess, way: EngineWay, env: Environment = {}) {
  async function call(
    scope: ComposeScope,
    args: readonly string[],
    { onLine, ...options }: RunOptions = {},
  ): Promise<Called> {
    const { projectDirectory, projectName, files, envFiles = [], profiles = [] } = scope;
    const global = [
      ...(options.isTerminal ? [] : ['--ansi', 'never', '--progress', 'plain']),
      ...['--project-directory', projectDirectory],
      ...(projectName ? ['--project-name', projectName] : []),
      ...files.flatMap((file) => ['--file', file]),
      ...envFiles.flatMap((file) => ['--env-file', file]),
      ...profiles.flatMap((profile) => ['--profile', profile]),
    ];
    const hiding = () => hidingValues(scope, env, options.input);
    const hide = onLine && (await hiding());
    const result = await run('docker', ['compose', ...global, ...args], {
      cwd: projectDirectory,
      ...options,
      env: { ...(options.isTerminal ? {} : ASKS_NO_GIT), ...scope.variables, ...options.env },
      ...(hide ? { onLine: (line) => onLine(hide(line)) } : {}),
    });
    const isDone = result.exitCode === 0;
    const shown = hide ?? (isDone ? (text: string) => text : await hiding());
    return { ...result, shown };
  }

  async function version(): Promise<string> {
    const result = await run('docker', ['compose', 'version', '--short']);
    const found = result.stdout.trim().replace(/^v/, '');
    if (result.exitCode === 0 && /^\d/.test(found)) return found;
    throw new CanaryError(
      'compose-missing',
      'Docker Compose v2 is not installed (`docker compose` does not answer).',
      {
        hint: `Install the Compose plugin ${OLDEST_COMPOSE} or newer; the old \`docker-compose\` (v1) cannot be used.`,
      },
    );
  }

  /** Throws the error of a failed call; finds out first whether Compose and the engine are available. */
  async function requireDone(
    { exitCode, stderr, shown }: Called,
    code: ErrorCode,
    message: string,
    what: string = 'Docker Compose',
  ): Promise<void> {
    if (exitCode === 0) return;
    if (isUnreachable(stderr)) throw engineUnreachable(stderr);
    const full = noSpace(what, shown(stderr));
    if (full) throw full;
    if (/unknown (docker )?command|unknown (shorthand )?flag|is not a docker command/i.test(stderr))
      await version();
    throw new CanaryError(code, message, { details: tail(shown(stderr)) });
  }

  async function config(
    scope: ComposeScope,
    flags: readonly string[] = [],
    options: { input?: string } = {},
  ): Promise<string> {
    const result = await call(scope, ['config', '--format', 'json', ...flags], options);
    await requireDone(result, 'compose-file-invalid', 'Compose refuses the compose file.');
    return result.stdout;
  }

  /** A call that makes or changes containers: under the guise of its scope. */
  async function changing(
    scope: ComposeScope,
    args: readonly string[],
    options: RunOptions,
  ): Promise<Called> {
    if (!scope.guise) return call(scope, args, options);
    const door = await way.openDoor(scope.guise);
    try {
      const env = { ...BEHIND_DOOR, DOCKER_HOST: door.address };
      return await call(scope, args, { ...options, env });
    } finally {
      await door.close();
    }
  }

  async function start(
    scope: ComposeScope,
    services: readonly string[],
    args: readonly string[],
    options: CallOptions,
  ): Promise<void> {
    const result = await changing(scope, args, options);
    const taken = result.exitCode === 0 ? undefined : takenPort(result.stderr);
    if (taken) throw taken;
    const names = services.join(', ');
    await requireDone(result, 'start-failed', `${names} could not be started.`, names);
  }

  const starting =
    (...args: string[]) =>
    (scope: ComposeScope, services: readonly string[], options: CallOptions = {}) =>
      start(scope, services, [...args, '--', ...services], options);

  return {
    /** The version of the plugin; throws `compose-missing`. */
    version,

    /** The resolved model. It holds secrets: never write or print it. */
    async model(scope: ComposeScope): Promise<ComposeModel> {
      return unescaped(await config(scope));
    },

    /** The model as written: files merged and paths absolute, but variables not yet replaced. */
    async written(scope: ComposeScope): Promise<WrittenModel> {
      return JSON.parse(await config(scope, ['--no-interpolate']));
    },

    /** The resolved model of the files with this YAML merged into it. Holds secrets too. */
    async modelWith(scope: ComposeScope, input: string): Promise<ComposeModel> {
      return unescaped(await config({ ...scope, files: [...scope.files, '-'] }, [], { input }));
    },

    /** This YAML alone, resolved; it may name services and networks that it does not define. Holds secrets too. */
    async part(scope: ComposeScope, input: string): Promise<ComposeModel> {
      return unescaped(await config({ ...scope, files: ['-'] }, ['--no-consistency'], { input }));
    },

    /**
     * By service, the digest of its definition by which Compose decides whether a container is up to date. None for one
     * that joins another service's container: its digest has that container's id in it.
     */
    async hashes(scope: ComposeScope, services: readonly string[]): Promise<Map<string, string>> {
      // As it was printed: Compose reads it again.
      const model: ComposeModel = JSON.parse(await config(scope));
      const args = ['config', '--hash', services.join()];
      const input = JSON.stringify(digestedModel(model));
      const result = await call({ ...scope, files: ['-'] }, args, { input });
      await requireDone(result, 'compose-file-invalid', 'Compose refuses the compose file.');
      const lines = result.stdout.trim().split('\n');
      const hashes = lines.map((line) => line.split(' ') as [string, string]);
      return new Map(hashes.filter(([service]) => !joinsContainer(service, model)));
    },

    /** Builds images; what a failed build printed is kept in the file `log`. */
    async build(
      scope: ComposeScope,
      services: readonly string[],
      { log, ...options }: CallOptions & { log: string },
    ): Promise<void> {
      const result = await call(scope, ['build', '--', ...services], options);
      if (result.exitCode === 0) return;
      if (isUnreachable(result.stderr)) throw engineUnreachable(result.stderr);
      const output = result.shown(`${result.stdout}\n${result.stderr}`);
      const isKept = await writeDurably(log, output).then(
        () => true,
        // A full disk may be what the build failed for.
        () => false,
      );
      const names = services.join(', ');
      const details = failingStep(output);
      const full = noSpace(`the build of ${names}`, details.join('\n'));
      throw new CanaryError(
        full?.code ?? 'build-failed',
        full?.message ?? `The build of ${names} failed.`,
        {
          details,
          hint: [
            ...(full?.hint ? [full.hint] : []),
            isKept
              ? `The whole output is in ${log}.`
              : 'The whole output could not be kept; `--verbose` shows it.',
            ...(/\.git\b|not a git repository/.test(output) ? [IN_A_WORKTREE] : []),
          ].join(' '),
        },
      );
    },

    /**
     * Starts services as defined, without their dependencies. Recreates those whose definition changed. `pulls`: by
     * their own policy.
     */
    up(
      scope: ComposeScope,
      services: readonly string[],
      {
        scale = {},
        pulls = false,
        ...options
      }: CallOptions & { scale?: Scale; pulls?: boolean } = {},
    ): Promise<void> {
      const flags = [...(pulls ? [] : AS_IS), ...scaleFlags(scale)];
      return start(scope, services, [...UP, ...flags, '--', ...services], options);
    },

    /** Recreates the containers of services, whether or not their definition changed. */
    recreate: starting(...UP, ...AS_IS, '--force-recreate'),

    /** Starts services with their dependencies; leaves every container that exists as it is. */
    startMissing: starting('up', '--detach', '--no-recreate'),

    /** Makes what stands in for services, by the guise of the scope; pulls nothing. */
    standIn: starting(...UP, ...AS_IS),

    /** Scales services to this many containers: adds new ones by the current definition, existing ones stay. */
    grow(scope: ComposeScope, scale: Scale, options: CallOptions = {}): Promise<void> {
      const services = Object.keys(scale);
      const args = [...UP, ...AS_IS, '--no-recreate', ...scaleFlags(scale), '--', ...services];
      return start(scope, services, args, options);
    },

    /** Creates containers that are new here, without starting them; pulls by their own policy. */
    create: starting('create', '--no-build'),

    /** Creates further containers up to this many, by the current definition; those that exist stay as they are. */
    createMore(scope: ComposeScope, scale: Scale, options: CallOptions = {}): Promise<void> {
      const services = Object.keys(scale);
      const flags = ['--no-build', ...AS_IS, '--no-recreate', ...scaleFlags(scale)];
      const args = ['create', ...flags, '--', ...services];
      return start(scope, services, args, options);
    },

    /** Starts existing containers; what Compose keeps for them reaches them only now, so the engine alone cannot. */
    startCreated: starting('start'),

    /** Starts a one-off container of a service under a name, apart from those that Compose keeps running. */
    startOnce(
      scope: ComposeScope,
      service: string,
      name: string,
      options: CallOptions = {},
    ): Promise<void> {
      const args = ['run', '--detach', '--no-deps', '--no-TTY', '--name', name, '--', service];
      return start(scope, [service], args, options);
    },

    /** Any command, with the user's terminal as its own; returns its exit code. */
    async atTerminal(scope: ComposeScope, args: readonly string[]): Promise<number> {
      return (await changing(scope, args, { isTerminal: true })).exitCode;
    },

    /** Runs a command in a container of a service that is removed afterwards, without published ports. */
    runOnce(scope: ComposeScope, service: string, command: readonly string[]): Promise<RunResult> {
      return call(scope, ['run', '--rm', '--no-deps', '--no-TTY', '--', service, ...command]);
    },
  };
}

/** A resolved model as it is: Compose prints every dollar twice, so that its output could be read again. */
function unescaped(json: string): ComposeModel {
  return JSON.parse(json, (_, value) =>
    typeof value === 'string' ? value.replaceAll('$$', () => '$') : withoutPrototype(value),
  );
}

/** Names come from outside: `constructor` and the like must be known only if they are there. */
function withoutPrototype(value: unknown): unknown {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? Object.assign(Object.create(null), value) : value;
}

function scaleFlags(scale: Scale): string[] {
  return Object.entries(scale).flatMap(([name, count]) => ['--scale', `${name}=${count}`]);
}

/** Whether a version is at least another; both as `2.40.3`, whatever follows. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, need] = [version, oldest].map((text) =>
    text.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0),
  ) as [number[], number[]];
  for (const index of [0, 1, 2]) {
    const difference = (have[index] ?? 0) - (need[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
