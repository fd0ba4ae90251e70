import { type Context, worldOf } from '../../src/context.ts';
import type { EngineWay } from '../../src/system/docker/door/engine-way.ts';

/** The real parts, as main builds them, for a workflow in a folder. No questions can be asked. */
export function contextIn(directory: string, options: Partial<Context['options']> = {}): Context {
  const world = worldOf({ PATH: process.env.PATH, HOME: process.env.HOME, GOGC: process.env.GOGC });
  return {
    ...world,
    compose: { ...world.compose, version: () => versionOf(world.compose) },
    options: {
      directory,
      files: [],
      projectName: undefined,
      envFiles: [],
      profiles: [],
      config: undefined,
      ...options,
    },
    owner: { uid: 0, gid: 0 },
    prompt: NOBODY,
    emit: () => undefined,
    listen: () => () => undefined,
    signal: new AbortController().signal,
  };
}

/** Nobody is there to be asked. */
export const NOBODY: Context['prompt'] = {
  isAttended: false,
  chooseOne: async () => undefined,
  chooseSeveral: async () => undefined,
  type: async () => undefined,
  show: async () => undefined,
  confirm: async () => false,
};

let version: Promise<string> | undefined;

/** Real, but asked once: every workflow in a new project asks. */
function versionOf(compose: Context['compose']): Promise<string> {
  version ??= compose.version();
  return version;
}

const notNeeded = () => Promise.reject(new Error('A call that only reads asked for the engine.'));

/** The way to the engine of tests that only let Compose read. */
export const neverAsked: EngineWay = {
  isNear: notNeeded,
  ask: notNeeded,
  openDoor: notNeeded,
};
