import type { ComposeModel, ComposeService } from '../compose/model/model.ts';
import { programName } from '../compose/services/image.ts';
import { statefulReason } from '../compose/services/stateful.ts';

/**
 * The servers whose databases can be rehearsed; `src/rehearsal/server-kind.ts` explains how to add
 * one.
 */
export type ServerKind = 'postgres' | 'mysql';

/**
 * The kind of a stateful service: a server that can be rehearsed, or the name of one that cannot.
 */
type StatefulKind = { server: ServerKind } | { other: string };

interface Signs {
  image: RegExp;
  data: RegExp;
  settings: RegExp;
  port: number;
}

const SIGNS: Readonly<Record<ServerKind, Signs>> = {
  postgres: {
    image: /(postgres|postgis|pgvector|timescaledb|supabase)/,
    data: /\/postgres(ql)?(\/|$)/,
    settings: /^(POSTGRES_(DB|USER|PASSWORD)|POSTGRESQL_(DATABASE|USERNAME|PASSWORD)|PGDATA$)/,
    port: 5432,
  },
  mysql: {
    image: /(mysql|mariadb|percona)/,
    data: /\/(mysql|mariadb)(\/|$)/,
    settings: /^(MYSQL|MARIADB)_(ROOT_PASSWORD|DATABASE|USER|ALLOW_EMPTY)/,
    port: 3306,
  },
};

const QUEUE = true;

/**
 * The other kinds by image, name and port. Canary workers would take messages of a queue from the
 * stable's workers.
 */
const OTHERS: readonly [RegExp, string, number, isQueue?: boolean][] = [
  [/mongo/, 'MongoDB', 27_017],
  [/(redis|valkey|keydb|dragonfly|garnet|kvrocks)/, 'Redis', 6379, QUEUE],
  [/rabbitmq/, 'RabbitMQ', 5672, QUEUE],
  [/(kafka|redpanda|cp-server)/, 'Kafka', 9092, QUEUE],
  [/^nats/, 'NATS', 4222, QUEUE],
  [/beanstalkd/, 'Beanstalkd', 11_300, QUEUE],
  [/(activemq|artemis)/, 'ActiveMQ', 61_616, QUEUE],
  [/pulsar/, 'Pulsar', 6650, QUEUE],
  [/nsq/, 'NSQ', 4150, QUEUE],
  [/(mosquitto|emqx|vernemq|hivemq)/, 'MQTT', 1883, QUEUE],
  [/(elasticsearch|opensearch)/, 'Elasticsearch', 9200],
  [/memcached/, 'Memcached', 11_211],
  [/cassandra/, 'Cassandra', 9042],
  [/mssql/, 'SQL Server', 1433],
];

/** The kind of a service that keeps data; `undefined` if it keeps none. */
export function statefulKind(
  service: ComposeService,
  model?: ComposeModel,
): StatefulKind | undefined {
  const reason = statefulReason(service, model);
  if (!reason) return undefined;
  const program = service.build ? '' : programName(service.image ?? '');
  // Checked first, because Percona and Bitnami make several servers.
  const named = OTHERS.find(([pattern]) => pattern.test(program));
  if (named) return { other: named[1] };
  const kinds = Object.keys(SIGNS) as ServerKind[];
  const server =
    kinds.find((kind) => SIGNS[kind].image.test(program)) ??
    kinds.find((kind) => looksLike(SIGNS[kind], service));
  if (server) return { server };
  const ports = portsOf(service);
  const byPort = OTHERS.find(([, , port]) => ports.includes(port));
  return { other: byPort?.[1] ?? 'a service that keeps data' };
}

/** Whether canary workers would take work from the stable's workers. */
export function isQueue(kind: string): boolean {
  return OTHERS.some(([, name, , takesWork]) => name === kind && takesWork);
}

function looksLike({ data, settings, port }: Signs, service: ComposeService): boolean {
  return (
    (service.volumes ?? []).some(({ target }) => data.test(target)) ||
    Object.keys(service.environment ?? {}).some((key) => settings.test(key)) ||
    portsOf(service).includes(port)
  );
}

function portsOf({ ports = [], expose = [] }: ComposeService): number[] {
  return [...ports.map(({ target }) => target), ...expose.map(Number)];
}
