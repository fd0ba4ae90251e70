import { describe, expect, test } from 'vitest';
import type { ComposeModel } from '../../../src/compose/model/model.ts';
import { chooseSlice } from '../../../src/compose/slice.ts';
import { config } from '../../support/fixture-model.ts';
import type { AnyService } from '../../support/invariants/model.ts';
import { brokenInvariants, type Rendered, secretsIn } from '../../support/invariants.ts';

type Services = Record<string, AnyService>;

const SERVICES: Services = {
  web: {
    container_name: 'shop',
    hostname: 'shop',
    ports: [
      { target: 80, published: '3000', protocol: 'tcp' },
      { target: 81, published: '3001-3003', protocol: 'tcp' },
    ],
    networks: { front: { aliases: ['shop.local'], ipv4_address: '10.0.0.5' } },
    labels: {
      'traefik.http.routers.shop.rule': 'Host(`shop`)',
      'ofelia.job-exec.clean.schedule': '@daily',
      caddy: 'shop.example',
    },
    environment: { VIRTUAL_HOST: 'shop.example', API: 'http://api:5000' },
    links: ['api'],
    depends_on: { api: {}, db: {} },
  },
  api: { networks: { front: null }, volumes: [{ type: 'volume', source: 'files', target: '/f' }] },
  db: { networks: { front: null } },
};
const BEFORE = modelOf({ ...SERVICES, db: { ...SERVICES.db, image: 'postgres:17' } as AnyService });
const NETWORKS = { front: null };
const labels = (service: string) => ({
  'dev.canary.role': 'canary',
  'dev.canary.service': service,
});

/** A correct override. */
const RIGHT: Services = {
  ...(BEFORE.services as Services),
  web: {
    ...SERVICES.web,
    ports: SERVICES.web?.ports?.slice(1) ?? [],
    links: [],
    external_links: ['canary-proxy:api'],
  },
  'canary-proxy': {
    ports: [{ target: 3000, published: '3000', protocol: 'tcp' }],
    networks: NETWORKS,
  },
  'web-canary': {
    networks: NETWORKS,
    labels: labels('web'),
    external_links: ['api-canary:api'],
    depends_on: { 'api-canary': {}, db: {} },
  },
  'api-canary': { networks: NETWORKS, labels: labels('api'), volumes: SERVICES.api?.volumes ?? [] },
};

function modelOf(services: Services, rest: object = {}): ComposeModel {
  const networks = { front: { name: 'shop_front' } };
  return { name: 'shop', services, networks, ...rest } as unknown as ComposeModel;
}

function broken(services: Services, rest: Partial<Rendered> = {}): string[] {
  const slice = chooseSlice(
    config('{ web: { entry: 3000 }, api: { mesh: true, port: 5000 } }'),
    BEFORE,
  );
  const after = modelOf({ ...RIGHT, ...services });
  return brokenInvariants({ before: BEFORE, after, slice, written: {}, secrets: [], ...rest });
}

const changed = (name: string, fields: AnyService): Services => ({
  [name]: { ...RIGHT[name], ...fields },
});
const clone = (fields: AnyService) => changed('web-canary', fields);

test('a correct override violates none', () => {
  expect(broken({})).toEqual([]);
});

describe('a change to the stable is found', () => {
  test.each<[string, Services, string]>([
    [
      'its environment',
      changed('api', { environment: { A: 'b' } }),
      'environment of api is changed',
    ],
    ['another port', changed('web', { ports: [] }), 'ports of web is changed'],
    [
      'a link to what is no ingress',
      changed('db', { external_links: ['canary-proxy:x'] }),
      'external_links of db is changed',
    ],
    [
      'a caller that is not led',
      changed('web', { external_links: [] }),
      'external_links of web is changed',
    ],
    [
      'what nobody looked for',
      changed('db', { read_only: true } as AnyService),
      'read_only of db is changed',
    ],
  ])('%s', (_, services, sentence) => {
    expect(broken(services)).toEqual([sentence]);
  });

  test('a missing service, a replaced network, another project name', () => {
    const { db: _, ...services } = RIGHT;
    const networks = { front: { name: 'other' } };
    const after = { ...modelOf(services, { networks }), name: 'other' };
    expect(broken({}, { after })).toEqual(
      expect.arrayContaining([
        'db is gone',
        'front (networks) is changed',
        'the project has another name',
      ]),
    );
  });
});

test.each<[AnyService, string]>([
  [{ container_name: 'shop' }, 'container name shop'],
  [{ hostname: 'shop' }, 'hostname shop'],
  [{ ports: [{ target: 1, published: '3002', host_ip: '127.0.0.1' }] }, 'published port 3002/tcp'],
  [{ networks: { front: { aliases: ['shop.local'] } } }, 'name on front shop.local'],
  [{ networks: { front: { aliases: ['web'] } } }, 'name on front web'],
  [{ networks: { front: { ipv4_address: '10.0.0.5' } } }, 'address 10.0.0.5'],
  [
    { labels: { ...labels('web'), 'traefik.http.routers.Shop.tls': 'true' } },
    'label traefik.http.routers.shop',
  ],
  [
    { labels: { ...labels('web'), 'ofelia.job-exec.clean.command': 'x' } },
    'label ofelia.job-exec.clean',
  ],
  [{ labels: { ...labels('web'), caddy: 'shop.example' } }, 'label caddy shop.example'],
  [{ environment: { VIRTUAL_HOST: 'shop.example' } }, 'virtual host shop.example'],
])('a clone that shares something with its stable is found: %j', (fields, what) => {
  expect(broken(clone(fields))).toEqual([`web-canary and web both have the ${what}`]);
});

test.each<[string, Services, string]>([
  [
    'a name that leads to two',
    clone({ links: ['api'] }),
    'in web-canary the name api means api and api-canary',
  ],
  [
    'a clone of a database',
    { 'db-canary': { labels: labels('db'), networks: NETWORKS } },
    'db keeps data and is cloned',
  ],
  [
    'a volume of its own',
    changed('api-canary', { volumes: [{ type: 'volume', source: 'other', target: '/f' }] }),
    'api-canary does not share files at /f',
  ],
  [
    'a dependency that is not there',
    clone({ depends_on: { gone: {} } }),
    'web-canary depends on gone, which is not there',
  ],
  [
    'a dependency that has a clone',
    clone({ depends_on: { api: {} } }),
    'web-canary waits for the stable of api, which has a clone',
  ],
  ['no network', clone({ networks: {} }), 'web-canary is not on its stable’s networks'],
  [
    'inside of a stable',
    clone({ network_mode: 'service:api' }),
    'web-canary is inside of the stable api, which has a clone',
  ],
  [
    'volumes of a stable',
    clone({ volumes_from: ['api:ro'] }),
    'web-canary is inside of the stable api, which has a clone',
  ],
])('%s', (_, services, sentence) => {
  expect(broken(services)).toEqual([sentence]);
});

test('a missing clone and a missing network are found', () => {
  const { 'api-canary': _, ...services } = RIGHT;
  expect(broken({}, { after: modelOf(services) })).toContain('there is no api-canary');
  const proxy = { ...RIGHT['canary-proxy'], networks: { front: null, back: null } };
  expect(broken({ 'canary-proxy': proxy })).toEqual([
    'canary-proxy is on back, which is not there',
  ]);
});

test('a secret in a file is reported without showing it', () => {
  const settings =
    'DB_PASSWORD=hunter2222\nTOKEN=short\nSECRET_NAME=Ordinary\nSALT=words\nCOLOUR=turquoise\n';
  const secrets = secretsIn([settings], ['services: { web: { command: Ordinary } }']);
  expect(secrets).toEqual(['hunter2222']);
  const written = { 'override.yml': 'x: Ordinary hunter2222', 'canary.yaml': 'turquoise' };
  expect(broken({}, { secrets, written })).toEqual([
    'override.yml holds the secret that begins with hun',
  ]);
});

test('conflicts between the user’s own services are left to the user', () => {
  const port = { target: 80, published: '3000', protocol: 'tcp' };
  const before = modelOf({ ...(BEFORE.services as Services), gpu: { ports: [port] } });
  const after = modelOf({ ...RIGHT, gpu: { ports: [port] } });
  expect(broken({}, { before, after })).toEqual([]);
});
