import { expect, test } from 'vitest';
import { asPlugin } from '../../src/cli/plugin.ts';

const ENV = { DOCKER_HOST: 'unix:///x.sock', PATH: '/bin' };

test.each([
  [['canary', 'status'], ['status'], ENV],
  [
    ['--context', 'shop', 'canary', 'status'],
    ['status'],
    { DOCKER_CONTEXT: 'shop', DOCKER_HOST: undefined, PATH: '/bin' },
  ],
  [
    ['-c', 'shop', '-D', '--log-level=debug', 'canary', '--json', 'status'],
    ['--json', 'status'],
    { DOCKER_CONTEXT: 'shop', DOCKER_HOST: undefined, PATH: '/bin' },
  ],
  [
    ['--host=ssh://shop', '--config', '/etc/d', 'canary'],
    [],
    { DOCKER_HOST: 'ssh://shop', DOCKER_CONTEXT: undefined, DOCKER_CONFIG: '/etc/d', PATH: '/bin' },
  ],
])('docker calls %j', (argv, args, env) => {
  expect(asPlugin(argv, ENV)).toEqual({ args, env });
});

test.each([
  [['status']],
  [['--config', 'other.yaml', 'status']],
  [['--config', 'canary']],
  [['-C', 'shop', 'status']],
  [['--json', 'canary']],
  [[]],
])('%j stays canary’s own', (argv) => {
  expect(asPlugin(argv, ENV)).toEqual({ args: argv, env: ENV });
});
