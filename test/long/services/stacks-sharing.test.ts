import { expect } from 'vitest';
import type { Stack } from '../../support/stack.ts';
import { describeStack } from '../../support/stack-suite.ts';

/** Stacks whose services share a namespace, a volume, a socket or an image. */

describeStack({
  title: 'an image that web, worker and cron have in common, and a service in the network of web',
  folder: 'one-image-and-sidecar',
  clones: ['agent', 'web'],
  reaches: {
    '/call/localhost:9090/': ['agent stable', 'agent canary'],
    '/call/localhost:9090/call/localhost:8080/': ['web stable', 'web canary'],
    '/call/worker:8080/call/web:9090/': 'agent stable',
    '/call/queue:6379/': 'queue image',
    '/call/worker:8080/': 'worker stable',
    '/call/worker:8080/call/web:8080/': 'web stable',
  },
  also: {
    'keeps the tag that the stable’s services have': async (stack) => {
      const tag = await stack.imageId(`${stack.project}-shop:production`);
      for (const name of ['web', 'worker', 'cron'])
        expect(await imagesOf(stack, name)).toEqual([`sha256:${tag}`]);
      expect(await imagesOf(stack, 'web-canary')).not.toEqual([`sha256:${tag}`]);
    },
  },
  ends: ['revert', 'down'],
});

describeStack({
  title:
    'a migration that ran, data, a cache, a volume without a name, and a database that is reached by a socket',
  folder: 'data',
  services: ['web'],
  clones: ['web'],
  reaches: {
    '/file/data/migrations': 'once\n',
    [`/call/${encodeURIComponent('/var/run/postgresql/.s.PGSQL.5432')}/`]: 'db image',
    '/call/db:5432/': 'db image',
    '/call/redis:6379/call/web:8080/': 'web stable',
  },
  keptFiles: ['/file/data/kept', '/file/app/node_modules/kept', '/file/scratch/kept'],
  sharedFiles: ['/file/data/upload', '/call/db:5432/file/var/lib/postgresql/data/row'],
  ownFiles: ['/file/app/node_modules/module', '/file/scratch/note'],
  ends: ['abort', 'down'],
});

describeStack({
  title: 'an edge that reaches its app by a socket in a volume',
  folder: 'socket-edge',
  clones: ['app', 'edge'],
  reaches: { [`/call/${encodeURIComponent('/run/app/app.sock')}/`]: ['app stable', 'app canary'] },
  ends: ['down'],
});

describeStack({
  title: 'services that share processes, memory, volumes and links',
  folder: 'namespaces',
  services: ['web', 'api', 'monitor'],
  clones: ['api', 'monitor', 'web'],
  reaches: {
    '/call/backend:8080/': ['api stable', 'api canary'],
    '/call/post:8080/': 'mail image',
    '/call/monitor:8080/': ['monitor stable', 'monitor canary'],
    '/call/mail:8080/call/web:8080/': 'web stable',
  },
  sharedFiles: ['/file/assets/picture'],
  ownFiles: ['/file/dev/shm/counter', '/call/monitor:8080/file/dev/shm/gauge'],
  also: {
    'has the processes and the memory of its own pair': async (stack) => {
      for (const side of ['stable', 'canary'] as const) {
        const seen = (await stack.ask(side, '/call/monitor:8080/processes')) as string[];
        const servers = seen.filter((line) => line.includes('server.mjs')).sort();
        expect(servers).toEqual([
          'node /stand-in/server.mjs 8080',
          'node /stand-in/server.mjs 8080 9999',
        ]);
        await stack.ask(side, '/file/dev/shm/side', side);
        expect(await stack.ask(side, '/call/monitor:8080/file/dev/shm/side')).toBe(side);
      }
    },
  },
  ends: ['down'],
});

async function imagesOf(stack: Stack, service: string): Promise<string[]> {
  return (await stack.inspect(service)).map(({ Image }) => Image);
}
