import { describe, expect, test } from 'vitest';
import type { ComposeModel, ComposeService } from '../../../../src/compose/model/model.ts';
import { statefulReason } from '../../../../src/compose/services/stateful.ts';
import { modelOf } from '../../../support/fixture-model.ts';

const volume = (target: string, rest = {}) => ({ type: 'volume', source: 'data', target, ...rest });

test.each([
  'postgres',
  'postgres:17-alpine',
  'postgres@sha256:0123456789abcdef',
  'registry.example.com:5000/team/postgres:17',
  'bitnami/postgresql:16',
  'timescale/timescaledb:latest-pg16',
  'postgis/postgis:16-3.4',
  'mysql:8',
  'percona/percona-server:8.0',
  'mongodb/mongodb-community-server:7.0',
  'redis/redis-stack-server:7.4',
  'valkey/valkey:8',
  'docker.elastic.co/elasticsearch/elasticsearch:8.15.0',
  'confluentinc/cp-kafka:7.6.0',
  'Acme/MySQL-HA',
])('image %s keeps data', (image) => {
  expect(statefulReason({ image })).toBe(`its image is ${image}`);
});

test.each([
  'nginx:1.27',
  'example/shop:1-redis',
  'example/shop:postgres',
  'postgrest/postgrest:v12',
  'example/mongoose-api:2',
  'redis.example.com/shop:1',
  'example/predis:1',
])('image %s keeps none', (image) => {
  expect(statefulReason({ image })).toBeUndefined();
});

test.each(['/var/lib/postgresql/data', '/var/lib/mysql', '/data/db', '/bitnami/postgresql/data'])(
  'a mount at %s is data, whatever the image',
  (target) => {
    expect(statefulReason({ image: 'example/own', volumes: [volume(target)] })).toBe(
      `it keeps data in ${target}`,
    );
  },
);

test('a folder whose name only begins like a data folder is not one', () => {
  expect(statefulReason({ volumes: [volume('/var/lib/mysqladmin')] })).toBeUndefined();
});

test('a server’s settings and its own volume make a database', () => {
  const service = {
    environment: { POSTGRES_PASSWORD: 'hunter2' },
    volumes: [volume('/somewhere')],
  };
  expect(statefulReason(service)).toBe('it has a volume and the setting POSTGRES_PASSWORD');
});

test('a reason never holds a setting’s value (promise 9)', () => {
  const service = { environment: { MYSQL_ROOT_PASSWORD: 'hunter2' }, volumes: [volume('/x')] };
  expect(statefulReason(service)).not.toContain('hunter2');
});

test.each([
  ['alone', {}],
  ['with a read-only volume', { volumes: [volume('/assets', { read_only: true })] }],
  ['with a bind mount', { volumes: [{ type: 'bind', source: '/src', target: '/app' }] }],
])('a client carries a database’s settings %s and is no database', (_, rest) => {
  const environment = { POSTGRES_HOST: 'db', POSTGRES_USER: 'shop', POSTGRES_PASSWORD: 'x' };
  expect(statefulReason({ build: { context: '.' }, environment, ...rest })).toBeUndefined();
});

test('a service that stores uploads is no database', () => {
  expect(statefulReason({ volumes: [volume('/app/uploads')] })).toBeUndefined();
});

test('a published database port marks a database', () => {
  expect(statefulReason({ ports: [{ target: 5432, published: '15432' }] })).toBe(
    "it listens on 5432, a database's or queue's port",
  );
  expect(statefulReason({ ports: [{ target: 8080, published: '5432' }] })).toBeUndefined();
});

test('a service that is built here and uses a database is none, even with uploads', () => {
  const environment = { POSTGRES_DB: 'shop', POSTGRES_PASSWORD: 'x', MYSQL_ROOT_PASSWORD: 'x' };
  const volumes = [{ type: 'volume', source: 'uploads', target: '/uploads' }];
  expect(statefulReason({ build: { context: '.' }, environment, volumes })).toBeUndefined();
  expect(
    statefulReason({ build: { context: '.' }, environment: { PGDATA: '/uploads' }, volumes }),
  ).toBe('it has a volume and the setting PGDATA');
});

test.each([
  ...['surrealdb/surrealdb:v2', 'questdb/questdb', 'scylladb/scylla', 'getmeili/meilisearch:v1'],
  ...['cr.weaviate.io/semitechnologies/weaviate:1', 'chrislusf/seaweedfs', 'eclipse-mosquitto:2'],
  ...[
    'apache/activemq-artemis',
    'redpandadata/redpanda',
    'prom/prometheus',
    'registry:2',
    'gitlab/gitlab-ce',
  ],
  ...[
    'ghcr.io/acme/magento-opensearch:2',
    'acme/postgres-partman:15',
    'uselagoon/mariadb-10.11-drupal',
  ],
])('image %s keeps data, whatever its registry or fork', (image) => {
  expect(statefulReason({ image })).toBe(`its image is ${image}`);
});

test.each([
  ...[
    'prodrigestivill/postgres-backup',
    'acme/kafka-ui',
    'acme/service-registry',
    'acme/price-oracle',
  ],
  ...['gitlab/gitlab-runner', 'vaultwarden/server', 'oliver006/redis_exporter'],
])('image %s keeps none', (image) => {
  expect(statefulReason({ image })).toBeUndefined();
});

describe('a client', () => {
  const named = (services: ComposeModel['services'], name: string) => {
    const model = modelOf(services);
    return statefulReason(model.services[name] ?? {}, model);
  };
  const db = {
    image: 'mysql:8',
    environment: { MYSQL_DATABASE: 'shop', PGDATA: '/data' },
    volumes: [volume('/var/lib/mysql')],
  };
  const uploads = { volumes: [volume('/uploads')] };

  test.each<[string, ComposeService]>([
    [
      'is told where its database is',
      { environment: { MYSQL_DATABASE: 'shop', MYSQL_HOST: 'db' } },
    ],
    [
      'has its URL',
      { environment: { POSTGRES_DB: 'x', DATABASE_URL: 'postgres://u:p@db:5432/x' } },
    ],
    ['shares a file of settings with the server', { environment: { PGDATA: '/data' } }],
  ])('that %s is no server, though it has a volume and a server’s settings', (_, service) => {
    expect(
      named({ db, app: { image: 'acme/app', ...uploads, ...service } }, 'app'),
    ).toBeUndefined();
  });

  test('is a service that waits for a server of the kind that its image names', () => {
    const depends_on = { db: { condition: 'service_started' } };
    const image = 'zabbix/zabbix-server-mysql:7';
    expect(named({ db, app: { image, depends_on } }, 'app')).toBeUndefined();
    expect(named({ db, app: { image } }, 'app')).toBeDefined();
  });

  test('may mount the folder of the server that it waits for, because of its socket', () => {
    const volumes = [volume('/var/lib/mysql')];
    const app = { image: 'acme/app', volumes };
    const depends_on = { db: { condition: 'service_healthy' } };
    expect(named({ db, app: { ...app, depends_on } }, 'app')).toBeUndefined();
    expect(named({ db, app }, 'app')).toBe('it keeps data in /var/lib/mysql');
  });

  test('does not refer to itself or to this machine', () => {
    const environment = { POSTGRES_HOST: 'store', POSTGRES_DB: 'x' };
    expect(named({ store: { environment, ...uploads } }, 'store')).toBeDefined();
    expect(
      named(
        { x: { environment: { ...environment, POSTGRES_HOST: 'localhost' }, ...uploads } },
        'x',
      ),
    ).toBeDefined();
  });
});

describe('a service that is built here', () => {
  const build = { context: '.' };
  const on = (text: string) => [{ path: 'Dockerfile', text }];

  test('keeps data if it is built on a server, by the stages of its Dockerfile', () => {
    const staged =
      'FROM --platform=$BUILDPLATFORM postgres:17 AS base\nFROM node AS x\nFROM base\n';
    expect(statefulReason({ build }, undefined, on(staged))).toBe('it is built on postgres');
    expect(
      statefulReason({ build }, undefined, on('FROM postgres\nFROM node:20\n')),
    ).toBeUndefined();
  });

  test('keeps data if it is named like a server, unless it calls another', () => {
    const model = modelOf({ redis: { build }, 'redis-api': { build }, mysql8: { build } });
    const reasons = Object.values(model.services).map((each) => statefulReason(each, model));
    expect(reasons).toEqual([
      'it is built here as `redis`',
      undefined,
      'it is built here as `mysql8`',
    ]);
  });
});

test('a name such as catalogue-db counts only together with another sign', () => {
  const reason = (service: ComposeService) => {
    const model = modelOf({ 'catalogue-db': service });
    return statefulReason(service, model);
  };
  expect(reason({ image: 'acme/catalogue-db' })).toContain('the image acme/catalogue-db');
  expect(reason({ image: 'acme/x', environment: { MYSQL_DATABASE: 'x' } })).toContain(
    'MYSQL_DATABASE',
  );
  expect(reason({ image: 'acme/x' })).toBeUndefined();
});

describe('a database’s port is a weak sign', () => {
  const model = (services: ComposeModel['services']): ComposeModel => ({ name: 'shop', services });
  const reasonOf = (services: ComposeModel['services'], said?: ComposeModel['said']) => {
    const { web } = services;
    return statefulReason(web ?? {}, { ...model(services), ...(said ? { said } : {}) });
  };
  const port = (target: number) => ({ target, published: String(target), protocol: 'tcp' });

  test.each<[string, ComposeModel['services']]>([
    [
      'of what is built here and publishes a web port',
      { web: { build: { context: '/srv' }, ports: [port(3000)], expose: ['3306'] } },
    ],
    [
      'of what publishes a web port, and the other one to services alone',
      { web: { image: 'example/shop', ports: [port(80)], expose: ['3306'] } },
    ],
    [
      'of a client of a database elsewhere',
      { web: { image: 'example/shop', expose: ['5432'], environment: { DB_HOST: 'db' } } },
    ],
    [
      'of a service that carries the ports of another in its network',
      {
        web: { image: 'example/vpn', ports: [port(6379)] },
        cache: { image: 'redis', network_mode: 'service:web' },
      },
    ],
  ])('%s', (_, services) => {
    expect(reasonOf(services)).toBeUndefined();
  });

  test('and enough where nothing speaks against it', () => {
    const image = 'example/store';
    const reason = "it listens on 5432, a database's or queue's port";
    expect(reasonOf({ web: { image, expose: ['5432'] } })).toBe(reason);
    expect(reasonOf({ web: { image, ports: [port(5432), port(8080)] } })).toBe(reason);
  });

  test('what the operator says counts more than every sign', () => {
    const services = { web: { image: 'postgres:17' } };
    expect(reasonOf(services, { roles: { web: 'app' } })).toBeUndefined();
    expect(reasonOf({ web: { image: 'nginx' } }, { roles: { web: 'stateful' } })).toBe(
      'as you say',
    );
  });
});
