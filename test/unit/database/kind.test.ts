import { expect, test } from 'vitest';
import { isQueue, statefulKind } from '../../../src/database/kind.ts';

test.each([
  ...['postgres', 'postgres:17-alpine', 'registry.example.com:5000/team/postgres:17'],
  ...['bitnami/postgresql:16', 'pgvector/pgvector:pg16', 'timescale/timescaledb:latest-pg16'],
  ...[
    'postgis/postgis:16-3.4',
    'supabase/postgres:15',
    'percona/percona-distribution-postgresql:16',
  ],
  ...['mysql.example.com/postgres', 'timescale/timescaledb-ha:pg16'],
])('%s is a PostgreSQL', (image) => {
  expect(statefulKind({ image })).toEqual({ server: 'postgres' });
});

test.each([
  ...['mysql:8', 'mariadb:11', 'percona:8', 'percona/percona-server:8.0', 'bitnami/mariadb-galera'],
  ...['mysql/mysql-server:8.0', 'postgres.example.com/mysql', 'Acme/MySQL-HA'],
])('%s is a MySQL', (image) => {
  expect(statefulKind({ image })).toEqual({ server: 'mysql' });
});

test.each([
  ['redis:7', 'Redis'],
  ['redis/redis-stack-server:7.4', 'Redis'],
  ['valkey/valkey:8', 'Redis'],
  ['rabbitmq:3-management', 'RabbitMQ'],
  ['mongo:7', 'MongoDB'],
  ['percona/percona-server-mongodb:7', 'MongoDB'],
  ['docker.elastic.co/elasticsearch/elasticsearch:8.15.0', 'Elasticsearch'],
  ['opensearchproject/opensearch:2', 'Elasticsearch'],
  ['confluentinc/cp-kafka:7.6.0', 'Kafka'],
  ['nats:2', 'NATS'],
  ['redpandadata/redpanda:v24', 'Kafka'],
  ['ghcr.io/team/dragonfly:1', 'Redis'],
  ['eclipse-mosquitto:2', 'MQTT'],
  ['apache/activemq-artemis:2', 'ActiveMQ'],
  ['mcr.microsoft.com/mssql/server:2022-latest', 'SQL Server'],
  ['cockroachdb/cockroach:v24', 'a service that keeps data'],
  ['minio/minio', 'a service that keeps data'],
])('%s cannot be rehearsed: %s', (image, other) => {
  expect(statefulKind({ image })).toEqual({ other });
});

test.each([
  ...['rediscommander/redis-commander', 'prometheuscommunity/postgres-exporter', 'mongo-express:1'],
  ...['oliver006/redis_exporter:v1', 'provectuslabs/kafka-ui', 'example/shop:postgres'],
  ...['redis.example.com/shop:1', 'supabase/postgres-meta', 'nginx:1.27'],
])('%s keeps no data', (image) => {
  expect(statefulKind({ image })).toBeUndefined();
});

test.each([
  [{ volumes: [{ type: 'volume', target: '/var/lib/postgresql/data' }] }, 'postgres'],
  [{ volumes: [{ type: 'volume', target: '/bitnami/mariadb' }] }, 'mysql'],
  [{ expose: ['3306'] }, 'mysql'],
])('a self-built image is recognised by its signs: %j', (signs, server) => {
  expect(statefulKind({ build: {}, image: 'example/own', ...signs })).toEqual({ server });
});

test('a self-built image that uses another server’s port is that server', () => {
  expect(statefulKind({ image: 'example/own', expose: ['6379'] })).toEqual({ other: 'Redis' });
});

test('Redis, RabbitMQ, Kafka and NATS are queues, MongoDB is not', () => {
  expect(['Redis', 'RabbitMQ', 'Kafka', 'NATS', 'MongoDB'].filter(isQueue)).toHaveLength(4);
});
