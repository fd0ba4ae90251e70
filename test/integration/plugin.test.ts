import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';

const BIN = new URL('../../bin/canary.js', import.meta.url).pathname;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'canary-plugin-'));
  await mkdir(join(home, 'cli-plugins'));
  await symlink(BIN, join(home, 'cli-plugins/docker-canary'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

const docker = (...args: string[]) =>
  execa('docker', args, { env: { DOCKER_CONFIG: home }, reject: false, cwd: home });

it('answers as `docker canary`, with its own words and exit codes', async () => {
  expect((await docker('canary', '--version')).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  const refused = await docker('canary', 'weight', 'much');
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('`much` is not a weight.');
});

it('is listed by docker with its description', async () => {
  expect((await docker('--help')).stdout).toContain('Canary deployments for docker compose');
});

it('takes the options of Docker’s CLI that come before its name', async () => {
  await mkdir(join(home, 'contexts/meta'), { recursive: true });
  expect((await docker('--log-level', 'error', 'canary', '--version')).stdout).toMatch(/^\d/);
  await docker('context', 'create', 'far', '--docker', 'host=unix:///nowhere/docker.sock');
  const { stderr, exitCode } = await docker('--context', 'far', 'canary', 'doctor');
  expect(exitCode).toBe(6);
  expect(stderr).not.toContain('unknown');
});

it('completes words for Docker’s CLI', async () => {
  const { stdout } = await docker('__complete', 'canary', 'sta');
  expect(stdout.split('\n')).toEqual([expect.stringMatching(/^status\t/), ':4']);
  expect((await docker('__complete', 'canary', 'map', '--format', 'd')).stdout).toBe('dot\n:4');
});
