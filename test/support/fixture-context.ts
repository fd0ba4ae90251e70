import { fileURLToPath } from 'node:url';
import type { Context } from '../../src/context.ts';
import { systemClock } from '../../src/system/clock.ts';
import { ComposeCli } from '../../src/system/docker/compose.ts';
import { DockerStreams } from '../../src/system/docker/container-streams.ts';
import { DockerEngine } from '../../src/system/docker/engine.ts';
import { makeGit } from '../../src/system/git/git.ts';
import { UnixProxySocket } from '../../src/system/haproxy/proxy-socket.ts';
import { askHttp } from '../../src/system/http.ts';
import { ExecaRunner } from '../../src/system/process.ts';
import { Ssh } from '../../src/system/remote-shell.ts';
import { JournalFiles } from '../../src/system/state/journal-store.ts';
import { FileLock } from '../../src/system/state/lock.ts';
import { FileStopRequest } from '../../src/system/state/stop-request.ts';
import { programRunner } from '../../src/system/user-program.ts';

/** The real parts, as main builds them, for a workflow in a folder. Nobody can be asked. */
export function contextIn(directory: string, options: Partial<Context['options']> = {}): Context {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const runner = new ExecaRunner(env);
  return {
    options: {
      directory,
      files: [],
      projectName: undefined,
      envFiles: [],
      profiles: [],
      config: undefined,
      ...options,
    },
    env,
    owner: { uid: 0, gid: 0 },
    clock: systemClock,
    engine: new DockerEngine(runner),
    streams: new DockerStreams(env),
    compose: new ComposeCli(runner),
    git: makeGit(),
    remoteShell: new Ssh(runner, env),
    http: askHttp,
    runProgram: programRunner(env),
    program: {
      node: process.execPath,
      script: fileURLToPath(new URL('../../bin/canary.js', import.meta.url)),
      templates: fileURLToPath(new URL('../../templates', import.meta.url)),
    },
    prompt: { chooseServices: async () => undefined, confirm: async () => false },
    emit: () => undefined,
    signal: new AbortController().signal,
    open: {
      journals: (path) => new JournalFiles(path, systemClock),
      lock: (path) => new FileLock(path, systemClock),
      stopRequest: (path) => new FileStopRequest(path, systemClock),
      proxySocket: (path) => new UnixProxySocket(path),
    },
  };
}
