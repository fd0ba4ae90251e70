import type { ComposeHook } from '../../compose/model/model.ts';
import type { EngineWay } from './door/engine-way.ts';
import { engineRefused, takenPort } from './failures.ts';

/**
 * The calls of the engine's HTTP API that users wait for: a call takes milliseconds, while the command line first starts
 * a program, which takes seconds on a busy machine. Source: Docker Engine API 1.24, which every engine still answers.
 */
export function engineApi({ ask }: EngineWay) {
  async function change(
    what: string,
    method: string,
    path: string,
    { body, isSoAlready = [] }: { body?: object; isSoAlready?: readonly number[] } = {},
  ): Promise<void> {
    const answer = await ask(method, path, body);
    if (answer.status < 300 || isSoAlready.includes(answer.status)) return;
    throw takenPort(answer.body) ?? engineRefused(what, answer.body);
  }

  const network = (name: string) => `/networks/${encodeURIComponent(name)}`;

  return {
    /** Throws `port-taken` if something else holds a port of the container. */
    startContainer: (id: string) =>
      change('start a container', 'POST', `/containers/${id}/start`, { isSoAlready: [304] }),

    /** Stops a container with its own stop signal and grace period; one that somebody removed has stopped. */
    stopContainer: (id: string) =>
      change('stop a container', 'POST', `/containers/${id}/stop`, { isSoAlready: [304, 404] }),

    /**
     * Runs a hook of the compose file in a container and waits for its end; returns its exit code, and 0 if the
     * container does not run. Source of the fields: Compose Specification, "pre_stop".
     */
    async runHook(id: string, hook: ComposeHook, signal: AbortSignal): Promise<number> {
      const created = await ask('POST', `/containers/${id}/exec`, execOf(hook), signal);
      if (created.status === 404 || created.status === 409) return 0;
      if (created.status !== 201) throw engineRefused('run a hook', created.body);
      const exec = `/exec/${JSON.parse(created.body).Id}`;
      const ended = await ask('POST', `${exec}/start`, { Detach: false, Tty: false }, signal);
      if (ended.status !== 200) throw engineRefused('run a hook', ended.body);
      const { body } = await ask('GET', `${exec}/json`, undefined, signal);
      return JSON.parse(body).ExitCode;
    },

    /** On what networks a container is, and the main process that uses its ports. */
    async attachments(id: string): Promise<Attachments> {
      const answer = await ask('GET', `/containers/${id}/json`);
      if (answer.status !== 200) throw engineRefused('inspect a container', answer.body);
      return attachmentsOf(id, JSON.parse(answer.body));
    },

    /** A network on which nothing is published: a container that is on no other may start while its ports are taken. */
    createInternalNetwork: (name: string, labels: Readonly<Record<string, string>>) =>
      change('create a network', 'POST', '/networks/create', {
        body: { Name: name, CheckDuplicate: true, Internal: true, Labels: labels },
        isSoAlready: [409],
      }),

    removeNetwork: (name: string) =>
      change('remove a network', 'DELETE', network(name), { isSoAlready: [404] }),

    /** Publishes the container's ports, unless the network is internal. Throws `port-taken`. */
    connectNetwork: (id: string, { name, endpoint }: Attachment) =>
      change('connect a container to its network', 'POST', `${network(name)}/connect`, {
        body: { Container: id, EndpointConfig: endpoint },
      }),

    /** Ends the container's connections there, and with the last network gives its published ports free. */
    disconnectNetwork: (id: string, { name }: Pick<Attachment, 'name'>) =>
      change('disconnect a container from its network', 'POST', `${network(name)}/disconnect`, {
        body: { Container: id, Force: false },
      }),
  };
}

function execOf(hook: ComposeHook): object {
  const variables = Object.entries(hook.environment ?? {});
  return {
    AttachStdout: true,
    AttachStderr: true,
    Cmd: hook.command,
    User: hook.user ?? '',
    Privileged: hook.privileged ?? false,
    WorkingDir: hook.working_dir ?? '',
    Env: variables.flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])),
  };
}

/** A container's place on a network: what the engine must know to connect it again as before. */
export interface Attachment {
  name: string;
  endpoint: Readonly<Record<string, unknown>>;
}

export interface Attachments {
  id: string;
  /** The one through which the engine publishes ports comes first. */
  networks: readonly Attachment[];
  /** On the engine's machine; 0 if the container does not run. */
  pid: number;
  /** The ports inside the container that are published. */
  ports: readonly number[];
}

interface InspectedNetworks {
  State: { Pid: number };
  HostConfig: { PortBindings: Record<string, unknown> | null };
  NetworkSettings: { Networks: Record<string, Record<string, unknown>> };
}

const KEPT = ['Aliases', 'Links', 'DriverOpts', 'IPAMConfig', 'GwPriority'];

function attachmentsOf(id: string, inspected: InspectedNetworks): Attachments {
  const priority = ({ endpoint }: Attachment) => Number(endpoint.GwPriority ?? 0);
  const networks = Object.entries(inspected.NetworkSettings.Networks)
    .map(([name, endpoint]) => {
      const kept = Object.entries(endpoint).filter(([key, value]) => KEPT.includes(key) && value);
      return { name, endpoint: Object.fromEntries(kept) };
    })
    // As the engine chooses the gateway.
    .sort((left, right) => priority(right) - priority(left) || (left.name < right.name ? -1 : 1));
  const bindings = Object.keys(inspected.HostConfig.PortBindings ?? {});
  return { id, networks, pid: inspected.State.Pid, ports: bindings.map(Number.parseFloat) };
}
