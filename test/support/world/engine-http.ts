import type { EngineWay } from '../../../src/system/docker/door/engine-way.ts';
import {
  type Container,
  EngineRefusal,
  type SimulatedEngine,
  type WantedEndpoint,
} from './engine.ts';

type Answer = Awaited<ReturnType<EngineWay['ask']>>;

/** The engine's HTTP API, as far as canary uses it. */
export function answerHttp(
  engine: SimulatedEngine,
  method: string,
  path: string,
  body: Record<string, unknown> = {},
): Answer {
  try {
    return answer(engine, method, path, body);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    return { status: error.status, body: JSON.stringify({ message: error.message }) };
  }
}

function answer(
  engine: SimulatedEngine,
  method: string,
  path: string,
  body: Record<string, unknown>,
): Answer {
  const done = { status: 204, body: '' };
  const { pathname, searchParams } = new URL(path, 'http://engine');
  const [, kind = '', name = '', action = ''] = pathname.split('/').map(decodeURIComponent);
  switch (`${method} ${kind} ${kind === 'networks' && name === 'create' ? 'create' : action}`) {
    case 'POST containers start': {
      const container = engine.find(name);
      if (container.state === 'running') return { ...done, status: 304 };
      engine.start(container);
      return done;
    }
    case 'POST containers stop': {
      const container = engine.find(name);
      if (container.state !== 'running' && container.state !== 'restarting')
        return { ...done, status: 304 };
      engine.stop(container);
      return done;
    }
    case 'GET containers ': {
      const { label }: { label: string[] } = JSON.parse(searchParams.get('filters') ?? '{}');
      const found = [...engine.containers.values()].filter(({ labels }) =>
        hasLabels(labels, label),
      );
      return { status: 200, body: JSON.stringify(found.map(({ id }) => ({ Id: id }))) };
    }
    case 'GET containers json':
      return { status: 200, body: JSON.stringify(inspectedBy(engine, engine.find(name))) };
    case 'GET images json': {
      const image = engine.imageNamed(name);
      if (!image) throw new EngineRefusal(404, `No such image: ${name}`);
      return { status: 200, body: JSON.stringify(inspectedImage(image)) };
    }
    case 'POST networks create':
      engine.createNetwork(
        String(body.Name),
        (body.Labels ?? {}) as Record<string, string>,
        body.Internal === true,
      );
      return { status: 201, body: '{}' };
    case 'DELETE networks ': {
      if (!engine.networks.has(name)) throw new EngineRefusal(404, `network ${name} not found`);
      const users = [...engine.containers.values()].filter(
        (each) => each.state === 'running' && each.networks.has(name),
      );
      if (users.length > 0) throw new EngineRefusal(403, `network ${name} has active endpoints`);
      engine.networks.delete(name);
      return done;
    }
    case 'POST networks connect':
      engine.connect(
        engine.find(String(body.Container)),
        name,
        (body.EndpointConfig ?? {}) as WantedEndpoint,
      );
      return { ...done, status: 200 };
    case 'POST networks disconnect':
      engine.disconnect(engine.find(String(body.Container)), name);
      return { ...done, status: 200 };
    default:
      throw new Error(`The simulated engine does not know ${method} ${path}`);
  }
}

/** An image as `docker inspect` shows it. */
export function inspectedImage({ id }: { id: string }): unknown {
  return { Id: id, RepoDigests: [], Config: {}, Os: 'linux', Architecture: 'amd64' };
}

/** By words such as `NAME=VALUE` or `NAME`. */
export function hasLabels(
  labels: Readonly<Record<string, string>>,
  words: readonly string[],
): boolean {
  return words.every((word) => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    return value === undefined ? name in labels : labels[name] === value;
  });
}

/** A container as `docker inspect` shows it. */
export function inspectedBy(engine: SimulatedEngine, container: Container): unknown {
  const health = engine.health(container);
  return {
    Id: container.id,
    Name: `/${container.name}`,
    Image: container.imageId,
    RestartCount: container.restartCount,
    State: {
      Status: container.state,
      StartedAt: new Date(container.startedWall).toISOString(),
      ExitCode: container.exitCode,
      OOMKilled: false,
      Pid: container.pid,
      ...(health ? { Health: { Status: health } } : {}),
    },
    Config: { Image: container.image, Labels: container.labels, Env: container.env },
    HostConfig: { PortBindings: container.ports },
    Mounts: container.volumes.map((Name) => ({ Type: 'volume', Name })),
    NetworkSettings: {
      Networks: Object.fromEntries(
        [...container.networks].map(([name, { aliases, links, address, isStuck }]) => [
          name,
          {
            Aliases: isStuck ? [] : aliases,
            Links: links.length > 0 ? links : null,
            IPAddress: address,
            GlobalIPv6Address: '',
          },
        ]),
      ),
    },
  };
}
