import type { EngineWay } from '../../src/system/docker/door/engine-way.ts';
import { dockerEngine } from '../../src/system/docker/engine.ts';
import type { RunResult } from '../../src/system/process.ts';
import { neverAsked } from './fixture-context.ts';

/** An engine elsewhere, by its command line, that lists one container, and answers this when it is inspected. */
export function farEngine(inspected: Partial<RunResult>) {
  const listed = { stdout: 'a1\n', stderr: '', exitCode: 0 };
  return dockerEngine(
    async (_, [command]) => (command === 'ps' ? listed : { ...listed, ...inspected }),
    { ...neverAsked, isNear: async () => false },
  );
}

type Answer = Awaited<ReturnType<EngineWay['ask']>>;

/** An engine on this machine, by its API: `answer` to each path, without the query. */
export function nearEngine(answer: (path: string) => Answer | Promise<Answer>) {
  const never = () => Promise.reject(new Error('The command line was asked.'));
  return dockerEngine(never, {
    ...neverAsked,
    isNear: async () => true,
    ask: async (_method, path) => answer(path.replace(/\?.*/, '')),
  });
}

/** An engine with one container, each way. */
export const ENGINES = [
  ['near', (container: object) => nearEngine((path) => ok(listOrOne(path, container)))],
  ['far', (container: object) => farEngine({ stdout: JSON.stringify([container]) })],
] as const;

export function ok(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) };
}

function listOrOne(path: string, container: object): unknown {
  return path === '/containers/json' ? [{ Id: 'a1' }] : container;
}
