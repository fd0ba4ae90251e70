import { expect, test } from 'vitest';
import { ownVolumes } from '../../../../src/compose/clone/volumes.ts';
import type { ComposeService } from '../../../../src/compose/model/model.ts';
import { modelOf } from '../../../support/fixture-model.ts';

const volume = (source: string, target: string, read_only = false) => ({
  type: 'volume',
  source,
  target,
  ...(read_only ? { read_only } : {}),
});

/** The volumes of its own that `web` has when it is cloned alone, by target. */
function ownOfWeb(web: ComposeService, others: Record<string, ComposeService> = {}): string[] {
  const own = ownVolumes(modelOf({ web, ...others }), ['web']).get('web') ?? [];
  return own.map(({ target }) => target);
}

test.each([
  '/app/node_modules',
  '/root/.m2/repository',
  '/root/.cache/pip',
  '/var/cache/nginx',
  '/app/var/cache',
  '/run/php',
  '/app/tmp/pids',
])('each clone has its own %s', (target) => {
  expect(ownOfWeb({ volumes: [volume('some', target)] })).toEqual([target]);
});

test.each([
  '/data',
  '/var/lib/app/cache/files/forgotten',
  '/uploads',
  '/cached-pages',
  '/rails/tmp/storage',
  '/app/running',
  '/templates',
])('%s is shared', (target) => {
  expect(ownOfWeb({ volumes: [volume('some', target)] })).toEqual([]);
});

test('a name that only begins like a cache does not decide', () => {
  const volumes = [volume('npm_data', '/data'), volume('temp-uploads', '/uploads')];
  expect(ownOfWeb({ volumes: [...volumes, volume('pip_cache', '/somewhere')] })).toEqual([
    '/somewhere',
  ]);
});

test('read-only volumes and bind mounts are shared', () => {
  const bind = { type: 'bind', source: '/srv/cache', target: '/cache' };
  expect(ownOfWeb({ volumes: [volume('cache', '/cache', true), bind] })).toEqual([]);
});

test('sockets are shared if they belong to a dependency, a database or the service that they are named after', () => {
  const socket = (name: string) => volume(name, `/run/${name}`);
  const web = {
    depends_on: { api: { condition: 'service_started' } },
    volumes: ['own', 'api', 'far', 'pg', 'ospd_openvas_socket'].map(socket),
  };
  const others = {
    api: { volumes: [socket('api')], depends_on: { far: { condition: 'service_started' } } },
    far: { volumes: [socket('far')] },
    db: { image: 'postgres', volumes: [socket('pg')] },
    'ospd-openvas': { volumes: [socket('ospd_openvas_socket')] },
    nginx: { volumes: [socket('own')], depends_on: { web: { condition: 'service_started' } } },
  };
  expect(ownOfWeb(web, others)).toEqual(['/run/own']);
});

test('clones that share a volume share one of their own', () => {
  const model = modelOf({
    web: { volumes: [volume('run', '/run/app'), volume('mine', '/tmp')] },
    api: { volumes: [volume('run', '/sockets')] },
  });
  expect(Object.fromEntries(ownVolumes(model, ['web', 'api']))).toEqual({
    web: [
      { type: 'volume', source: 'run-canary', target: '/run/app' },
      { type: 'volume', target: '/tmp' },
    ],
    api: [{ type: 'volume', source: 'run-canary', target: '/sockets' }],
  });
});
