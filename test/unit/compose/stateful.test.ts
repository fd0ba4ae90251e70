import { expect, test } from 'vitest';
import { statefulReason } from '../../../src/compose/stateful.ts';

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

test('a folder whose name only begins like a data folder is none', () => {
  expect(statefulReason({ volumes: [volume('/var/lib/mysqladmin')] })).toBeUndefined();
});

test('a server’s settings with a volume of its own are a database', () => {
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

test('a published database port tells a database', () => {
  expect(statefulReason({ ports: [{ target: 5432, published: '15432' }] })).toBe(
    "it listens on 5432, a database's or queue's port",
  );
  expect(statefulReason({ ports: [{ target: 8080, published: '5432' }] })).toBeUndefined();
});

test('what is built here and asks a database is no database, whatever it uploads', () => {
  const environment = { POSTGRES_DB: 'shop', POSTGRES_PASSWORD: 'x', MYSQL_ROOT_PASSWORD: 'x' };
  const volumes = [{ type: 'volume', source: 'uploads', target: '/uploads' }];
  expect(statefulReason({ build: { context: '.' }, environment, volumes })).toBeUndefined();
  expect(
    statefulReason({ build: { context: '.' }, environment: { PGDATA: '/uploads' }, volumes }),
  ).toBe('it has a volume and the setting PGDATA');
});
