import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type EngineWay, wayThrough } from '../../../src/system/docker/door/engine-way.ts';
import { findEngine } from '../../../src/system/docker/door/place.ts';
import { connectionFailed, engineUnreachable } from '../../../src/system/docker/failures.ts';
import type { Environment, RunProcess } from '../../../src/system/process.ts';
import { emptyFolder } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

/** The way to an engine of which `docker context inspect` says that it is there. */
function wayTo(host: string): EngineWay {
  const run: RunProcess = async () => ({ stdout: `${host}\n`, stderr: '', exitCode: 0 });
  return wayThrough(() => findEngine(run, { DOCKER_CONTEXT: 'shop' }));
}

/** A socket on which something answers each connection with this, and closes it. */
async function socketSaying(bytes: string): Promise<string> {
  const path = join(await emptyFolder(), 'engine.sock');
  const server = createServer((socket) => socket.once('data', () => socket.end(bytes)));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return path;
}

test('only an engine on a socket of this machine is near', async () => {
  const hosts = ['unix:///run/docker.sock', 'ssh://ada@shop', 'tcp://10.0.0.2:2376'];
  const near = await Promise.all(hosts.map((host) => wayTo(host).isNear()));
  expect(near).toEqual([true, false, false]);
});

test.each<[string, Environment, string, boolean]>([
  ['DOCKER_HOST', { DOCKER_HOST: 'unix:///run/mine.sock', DOCKER_CONTEXT: 'shop' }, '', false],
  ['no setting', {}, '', false],
  ['settings without a context', {}, '{"auths":{}}', false],
  ['DOCKER_HOST elsewhere', { DOCKER_HOST: 'ssh://ada@shop' }, '', true],
  ['DOCKER_CONTEXT', { DOCKER_CONTEXT: 'shop' }, '', true],
  ['a context in the settings', {}, '{"currentContext":"shop"}', true],
  ['settings that cannot be read', {}, '{', true],
])(
  'with %s, docker is asked where the engine is only if it must',
  async (_, env, settings, isAsked) => {
    const folder = await emptyFolder();
    if (settings) await writeFile(join(folder, 'config.json'), settings);
    const asked: string[] = [];
    const run: RunProcess = async (_, args) => {
      asked.push(args.join(' '));
      return { stdout: 'ssh://ada@shop\n', stderr: '', exitCode: 0 };
    };
    const { isNear } = await findEngine(run, { DOCKER_CONFIG: folder, ...env });
    expect({ isNear, isAsked: asked.length > 0 }).toEqual({ isNear: !isAsked, isAsked });
  },
);

test('a socket that is not there is an engine that does not answer', async () => {
  const path = join(await emptyFolder(), 'missing.sock');
  const error = await refusal(() => wayTo(`unix://${path}`).ask('GET', '/containers/json'));
  expect(error).toMatchObject({
    code: 'engine-unreachable',
    message: 'Docker Engine does not answer.',
    details: [expect.stringContaining(path)],
  });
});

test.each([
  ['before its answer', ''],
  ['within its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{"Id":'],
])('an engine that goes away %s does not answer', async (_, bytes) => {
  const way = wayTo(`unix://${await socketSaying(bytes)}`);
  const error = await refusal(() => way.ask('GET', '/containers/json'));
  expect(error.code).toBe('engine-unreachable');
});

test('a socket that this user may not use has the same error as on the command line', () => {
  const denied = Object.assign(new Error('connect EACCES /run/docker.sock'), { code: 'EACCES' });
  const { code, message, hint } = connectionFailed(denied);
  expect({ code, message, hint }).toEqual({
    ...{ code: 'engine-unreachable', message: 'You may not use the socket of Docker Engine.' },
    hint: engineUnreachable('permission denied while trying to connect to the Docker daemon').hint,
  });
});

test('an answer without an end, such as the output of a hook, fills no memory', async () => {
  const path = join(await emptyFolder(), 'engine.sock');
  const chunk = Buffer.alloc(1_000_000, 'a');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n');
      for (let sent = 0; sent < 300; sent += 1) socket.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const { status, body } = await wayTo(`unix://${path}`).ask('POST', '/exec/1/start', {});
  expect(status).toBe(200);
  expect(body.length).toBeLessThan(60_000_000);
});
