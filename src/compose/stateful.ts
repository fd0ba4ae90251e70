import type { ComposeService } from './model.ts';

const STATEFUL_IMAGES =
  /(^|[/_-])(postgres|postgresql|postgis|pgvector|timescaledb|mysql|mariadb|percona|mongo|mongodb|redis|valkey|keydb|memcached|rabbitmq|kafka|zookeeper|nats|elasticsearch|opensearch|cassandra|couchdb|influxdb|clickhouse|neo4j|minio|etcd|consul|vault|mssql|cockroach(db)?)([-_/]|$)/;

/** Programs that go with a server and keep nothing themselves. */
const COMPANION =
  /(exporter|consumer|producer|client|proxy|ui|admin|operator|connect|commander|insight|express|meta)$/;

const DATA_DIRECTORIES = [
  '/var/lib/postgresql',
  '/var/lib/mysql',
  '/data/db',
  '/var/lib/redis',
  '/var/lib/rabbitmq',
  '/var/lib/kafka',
  '/var/lib/cassandra',
  '/var/lib/clickhouse',
  '/var/lib/influxdb',
  '/var/lib/neo4j',
  '/var/opt/mssql',
  '/usr/share/elasticsearch/data',
  '/usr/share/opensearch/data',
  '/bitnami/postgresql',
  '/bitnami/mariadb',
  '/bitnami/mysql',
];

const SERVER_SETTINGS =
  /^(POSTGRES_(DB|USER|PASSWORD|INITDB_ARGS)|MYSQL_(ROOT_PASSWORD|DATABASE)|MARIADB_ROOT_PASSWORD|MONGO_INITDB_|PGDATA$)/;

/** Those of them that only a server reads: what is built here has settings of the database that it asks. */
const ONLY_A_SERVERS = /^(POSTGRES_INITDB_ARGS|MONGO_INITDB_|PGDATA$)/;

const DATABASE_PORTS = new Set([1433, 3306, 5432, 5672, 6379, 9042, 9092, 9200, 11211, 27017]);

/**
 * Why a service must be shared and never cloned: it keeps the data. `undefined` when nothing says so.
 * One sign that only a server carries is enough (image, data directory); a client may carry settings.
 */
export function statefulReason(service: ComposeService): string | undefined {
  // What is built here is the user's own code, whatever its image is called.
  const image = service.build ? undefined : service.image;
  if (image && isServerImage(image)) return `its image is ${image}`;
  const data = service.volumes?.find((volume) =>
    DATA_DIRECTORIES.some((directory) => isInside(volume.target, directory)),
  );
  if (data) return `it keeps data in ${data.target}`;
  const volume = service.volumes?.some((each) => each.type === 'volume' && !each.read_only);
  const settings = service.build ? ONLY_A_SERVERS : SERVER_SETTINGS;
  const setting = Object.keys(service.environment ?? {}).find((key) => settings.test(key));
  if (volume && setting) return `it has a volume and the setting ${setting}`;
  const ports = [
    ...(service.ports ?? []).map((each) => each.target),
    ...(service.expose ?? []).map(Number),
  ];
  const port = ports.find((each) => DATABASE_PORTS.has(each));
  if (port) return `it listens on ${port}, a database's or queue's port`;
  return undefined;
}

function isServerImage(image: string): boolean {
  const name = programName(image);
  return STATEFUL_IMAGES.test(name) && !COMPANION.test(name);
}

/** Registry and tag say nothing: `app:1-redis` is an app; `mcr.example/mssql/server` is a server. */
export function programName(image: string): string {
  const path = image
    .toLowerCase()
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '')
    .split('/');
  const name = path.at(-1) ?? '';
  return name === 'server' ? `${path.at(-2) ?? ''}/${name}` : name;
}

function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
