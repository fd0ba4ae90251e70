import type { RunResult } from '../../../src/system/process.ts';
import { AWAY, type Container, EngineRefusal, type SimulatedEngine } from './engine.ts';
import { hasLabels, inspectedBy, inspectedImage } from './engine-http.ts';

const done = (stdout = ''): RunResult => ({ stdout, stderr: '', exitCode: 0 });
const failed = (stderr: string): RunResult => ({ stdout: '', stderr, exitCode: 1 });

/** Whether a call of `docker` only looks. */
export function onlyLooks(args: readonly string[]): boolean {
  const [first, second] = args;
  if (first === 'compose') return args.includes('config') || second === 'version';
  const looks = ['version', 'context', 'ps', 'logs'];
  return looks.includes(first ?? '') || ['inspect', 'ls', 'wait'].includes(second ?? '');
}

/** Docker's command line without Compose, as far as canary uses it. */
export function docker(engine: SimulatedEngine, args: readonly string[]): RunResult {
  if (engine.isAway) return failed(AWAY);
  try {
    return answer(engine, args);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    return failed(`Error response from daemon: ${error.message}`);
  }
}

function answer(engine: SimulatedEngine, args: readonly string[]): RunResult {
  const [first = '', second = ''] = args;
  const at = args.indexOf('--');
  const named = at < 0 ? [] : args.slice(at + 1);
  const format = args[args.indexOf('--format') + 1];
  const filters = args.flatMap((each, index) =>
    each === '--filter' ? [args[index + 1] ?? ''] : [],
  );
  const lines = (found: readonly string[]) => done(found.map((each) => `${each}\n`).join(''));
  if (first === 'version') return done('28.5.2\n');
  if (first === 'ps')
    return lines(
      [...engine.containers.values()]
        .filter(({ labels }) => fits(labels, filters))
        .map(({ id }) => id),
    );
  if (first === 'logs') return done('');
  // HAProxy checks a configuration.
  if (first === 'exec') return done('');
  switch (`${first} ${second}`) {
    case 'container inspect':
      return inspect(engine, named, format !== args[0] ? format : undefined);
    case 'container rm':
      for (const each of named) {
        // With `--force` one that is gone is no failure.
        const found = [...engine.containers.values()].find(({ id, name }) =>
          [id, name].includes(each),
        );
        if (found) engine.remove(found, args.includes('--volumes'));
      }
      return done();
    case 'image inspect': {
      const [name = ''] = named;
      const image = engine.imageNamed(name);
      if (!image) return failed(`Error: No such image: ${name}`);
      return done(JSON.stringify([inspectedImage(image)]));
    }
    case 'image tag': {
      const [from = '', to = ''] = named;
      const image = engine.imageNamed(from);
      if (!image) return failed(`Error: No such image: ${from}`);
      engine.names.set(to, image.id);
      return done();
    }
    case 'image rm':
      for (const each of named) engine.names.delete(each);
      return done();
    case 'image ls': {
      const [repository = ''] = named;
      return lines([...engine.names.keys()].filter((each) => each.startsWith(`${repository}:`)));
    }
    case 'volume ls': {
      const used = new Set([...engine.containers.values()].flatMap(({ volumes }) => volumes));
      const isDangling = filters.includes('dangling=true');
      const found = [...engine.volumes].filter(
        ([name, labels]) =>
          fits(
            labels,
            filters.filter((each) => each !== 'dangling=true'),
          ) && !(isDangling && used.has(name)),
      );
      return lines(found.map(([name]) => name));
    }
    case 'volume rm':
      for (const each of named) engine.volumes.delete(each);
      return done();
    case 'network ls':
      return lines(
        [...engine.networks]
          .filter(([, { labels }]) => fits(labels, filters))
          .map(([name]) => name),
      );
    case 'network rm':
      for (const each of named) engine.networks.delete(each);
      return done();
    default:
      throw new Error(`The simulated docker does not know: ${args.join(' ')}`);
  }
}

function inspect(
  engine: SimulatedEngine,
  names: readonly string[],
  format: string | undefined,
): RunResult {
  const found: Container[] = [];
  const missing: string[] = [];
  for (const name of names) {
    try {
      found.push(engine.find(name));
    } catch {
      missing.push(name);
    }
  }
  const stderr = missing.map((name) => `Error: No such container: ${name}\n`).join('');
  const exitCode = missing.length > 0 ? 1 : 0;
  if (format === '{{.State.Status}}')
    return { stdout: found.map(({ state }) => `${state}\n`).join(''), stderr, exitCode };
  const stdout = JSON.stringify(found.map((each) => inspectedBy(engine, each)));
  return { stdout, stderr, exitCode };
}

/** By filters such as `label=NAME=VALUE`. */
function fits(labels: Readonly<Record<string, string>>, filters: readonly string[]): boolean {
  return hasLabels(
    labels,
    filters.map((filter) => filter.replace(/^label=/, '')),
  );
}
