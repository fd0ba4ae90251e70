import { randomBytes } from 'node:crypto';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ComposeHook } from '../../../src/compose/model/model.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { setUpFile } from '../../support/fixture-haproxy.ts';

/** The hooks of a compose file, in a container of the real engine. */
const { engine } = contextIn('/');
const name = `canary-test-${randomBytes(4).toString('hex')}`;
let id = '';

beforeAll(async () => {
  const image = parseEnv(await setUpFile()).NODE_IMAGE ?? '';
  const wait = ['node', '-e', 'setInterval(() => {}, 1000)'];
  const started = await execa('docker', ['run', '--detach', '--name', name, image, ...wait]);
  id = started.stdout;
});
afterAll(() => execa('docker', ['rm', '--force', name], { reject: false }));

const run = (hook: ComposeHook, ms = 30_000) => engine.runHook(id, hook, AbortSignal.timeout(ms));
const read = async (path: string) => (await execa('docker', ['exec', name, 'cat', path])).stdout;

it('runs with its user, folder and environment, and waits for its end', async () => {
  const write = 'sleep 0.2; echo "$(id -un) $(pwd) $GREETING [$UNSET]" > /tmp/seen';
  const code = await run({
    command: ['sh', '-c', write],
    user: 'nobody',
    working_dir: '/tmp',
    environment: { GREETING: 'good bye', UNSET: null },
  });
  expect(code).toBe(0);
  expect(await read('/tmp/seen')).toBe('nobody /tmp good bye []');
});

it('returns the exit code', async () => {
  expect(await run({ command: ['sh', '-c', 'echo no >&2; exit 7'] })).toBe(7);
});

it('is not waited for longer than the signal allows', async () => {
  await expect(run({ command: ['sleep', '600'] }, 300)).rejects.toThrow();
});

it('is skipped in a container that does not run', async () => {
  await execa('docker', ['stop', '--time', '0', name]);
  expect(await run({ command: ['false'] })).toBe(0);
  expect(
    await engine.runHook('0'.repeat(64), { command: ['false'] }, new AbortController().signal),
  ).toBe(0);
});
