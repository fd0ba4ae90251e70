import type { Machine } from '../../../src/system/machine.ts';
import { within } from '../patience.ts';

/** How a command ended. */
export interface Done {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** A machine with a project on it, real or simulated: what a script of the contract plays on. */
export interface TestBed {
  machine: Machine;
  /** The folder of the project, as programs see it. */
  folder: string;
  project: string;
  /** The port that the project publishes. */
  port: number;
  /** Writes a file of the project. */
  write(name: string, text: string): Promise<void>;
  /** Runs plain Compose for the project, and returns its exit code. */
  compose(...args: string[]): Promise<number | undefined>;
  /** Runs canary there. */
  canary(...argv: string[]): Promise<Done>;
  /** Lets the program in a running container end with 1. */
  crash(container: string): Promise<void>;
  /** What a user gets at the project's port: the version of who answers, a status, or `refused`. */
  ask(user?: string): Promise<string>;
  dispose(): Promise<void>;
}

/** Versions of the service that the scripts run; the engine has these images. */
export const IMAGE = {
  one: 'canary-test/contract:one',
  two: 'canary-test/contract:two',
  /** Ends with 1 as soon as it starts. */
  crashing: 'canary-test/contract:crashing',
  /** Answers every request with 500. */
  failing: 'canary-test/contract:failing',
} as const;

/** Keeps what a script saw, in order; must be the same on both machines. */
export type Note = (what: string, seen: unknown) => void;

export interface Script {
  title: string;
  compose: (bed: Pick<TestBed, 'project' | 'port'>) => string;
  play: (bed: TestBed, note: Note) => Promise<void>;
}

const MOST_WAIT_MS = 60_000;

/** Waits until something is so, and fails with its name if it never is. */
export async function until(
  { machine: { clock } }: TestBed,
  what: string,
  look: () => Promise<boolean>,
): Promise<void> {
  const deadline = clock.now().getTime() + within(MOST_WAIT_MS);
  while (!(await look())) {
    if (clock.now().getTime() > deadline) throw new Error(`never: ${what}`);
    await clock.sleep(50);
  }
}

/** Asks the engine's API; `NAME` in the message stands for identifiers that differ. */
export async function api(
  { machine }: TestBed,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<{ status: number; message: string }> {
  const answer = await machine.engineWay.ask(method, path, body);
  const { message = '' } = answer.status >= 400 ? JSON.parse(answer.body) : {};
  return { status: answer.status, message: message.replace(/\b[0-9a-f]{12,64}\b/g, 'ID').trim() };
}

/** Runs `docker` in the project's folder. */
export async function docker({ machine, folder }: TestBed, ...args: string[]): Promise<Done> {
  return machine.run('docker', args, { cwd: folder });
}

// biome-ignore lint/suspicious/noExplicitAny: scripts look into JSON whose shape they compare.
export async function inspect({ machine }: TestBed, name: string): Promise<any> {
  const { status, body } = await machine.engineWay.ask('GET', `/containers/${name}/json`);
  return status === 200 ? JSON.parse(body) : undefined;
}

/** The names and ids of all containers of the project. */
export async function containers(bed: TestBed): Promise<{ id: string; name: string }[]> {
  const filter = ['--filter', `label=com.docker.compose.project=${bed.project}`];
  const { stdout } = await docker(bed, 'ps', '--all', '--quiet', '--no-trunc', ...filter);
  const found = await Promise.all(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((id) => inspect(bed, id)),
  );
  return found
    .map(({ Id, Name }) => ({ id: Id, name: Name.slice(1) }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** What is the same of a container on every machine. */
export async function stateOf(bed: TestBed, name: string): Promise<unknown> {
  const found = await inspect(bed, name);
  if (!found) return 'gone';
  const { State, RestartCount, NetworkSettings, Config, HostConfig } = found;
  const networks = Object.entries<{ IPAddress: string; Aliases: string[] | null }>(
    NetworkSettings.Networks,
  );
  return {
    status: State.Status,
    exitCode: State.ExitCode,
    restarts: RestartCount,
    hasPid: State.Pid > 0,
    health: State.Health?.Status,
    image: Config.Image,
    number: Config.Labels['com.docker.compose.container-number'],
    ports: HostConfig.PortBindings,
    networks: Object.fromEntries(
      networks
        .map(([key, { IPAddress, Aliases }]) => {
          const aliases = (Aliases ?? []).filter((each) => !/^[0-9a-f]{12}$/.test(each)).sort();
          return [key, { hasAddress: IPAddress !== '', aliases }] as const;
        })
        .sort(([left], [right]) => (left < right ? -1 : 1)),
    ),
  };
}

/** The address of a container on a network; empty if it has none. */
export async function addressOf(bed: TestBed, name: string, network: string): Promise<string> {
  const found = await inspect(bed, name);
  return found?.NetworkSettings.Networks[network]?.IPAddress ?? '';
}
