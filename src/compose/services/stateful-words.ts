/** Words that name a program which keeps data, or queues work. */
const WORDS = [
  'postgres(ql)?|postgis|pgvector|timescaledb|timescaledb-ha|pgautoupgrade|paradedb|alloydb(omni)?|yugabyte(db)?|cockroach(db)?|crate(db)?',
  'mysql|mariadb|percona|tidb|tikv|oceanbase(-ce)?|seekdb|vitess|singlestore(db)?|greptimedb|risingwave',
  'mssql|azure-sql-edge|oracle|oracle-free|oracle-xe|db2|firebird(sql)?|foundationdb|immudb|rqlite|libsql|sqld',
  'mongo|mongodb|ferretdb|couchdb|couchbase|rethinkdb|ravendb|surrealdb|arangodb|dgraph|orientdb|neo4j|memgraph|janusgraph|nebula-storaged|dynamodb(-local)?|scylla(db)?|cassandra|hbase|aerospike(-server)?|tarantool|ignite|hazelcast',
  'redis|valkey|keydb|dragonfly(db)?|garnet|kvrocks|memcached|etcd|consul|vault|openbao|zookeeper',
  'elasticsearch|opensearch|meilisearch|typesense|qdrant|weaviate|milvus|chroma(db)?|solr|manticore(search)?|vespa|zincsearch|quickwit|infinity|serenedb',
  'influxdb|questdb|victoria-?metrics|victoria-?logs|prometheus|thanos|mimir|loki|graphite|graphite-statsd|clickhouse|druid|pinot|kdb|tdengine',
  'minio|seaweedfs|rustfs|garage|ceph|glusterfs|silo|azurite|localstack|fake-gcs-server',
  'rabbitmq|lavinmq|kafka|redpanda|nats|nats-streaming|nsq|nsqd|beanstalkd|pulsar|activemq|activemq-artemis|artemis|mosquitto|emqx|vernemq|hivemq|gearman(d)?|eventstore(db)?|kurrentdb|cp-server',
  'openldap|lldap|389ds|registry|nexus|nexus3|artifactory(-\\w+)?|jenkins|gitlab|gitlab-[ce]e|sonarqube',
].join('|');

const SERVER = new RegExp(`(^|[/_-])(${WORDS})(?=[-_/.\\d]|$)`);

/** Words that also have other meanings: they count only at the beginning of a program's name. */
const EVERYDAY =
  /^(registry|infinity|garage|silo|druid|pinot|ignite|vault|consul|graphite|artemis|oracle|prometheus|loki|thanos|mimir|nexus|jenkins|gitlab|chroma|kdb|vespa)/;

/** Programs that accompany a server and keep no data themselves. */
const COMPANION =
  /(^|[-_.])([a-z-]*exporter|consumer|producer|client|cli|proxy|ui|gui|web|webapp|admin|operator|controller|connect|commander|insight|express|meta|backup|backups|dump|migrator|migrate|migrations?|init|setup|runner|agent|bouncer|pool|rest|board|dashboards?|manager|center|api|gateway|sink|sync|bridge|toolbox|tools|shell|mc|sidekiq|worker|operator|webhook|sentinel-ui|pages|browser)$/;

/** The word that shows that a program keeps data, and whether the program's name begins with it. */
export function serverWord(program: string): { word: string; isFirst: boolean } | undefined {
  if (COMPANION.test(program)) return undefined;
  const match = SERVER.exec(program);
  const word = match?.[2];
  if (!match || !word) return undefined;
  const isFirst = match.index === 0;
  return isFirst || !EVERYDAY.test(word) ? { word, isFirst } : undefined;
}

/**
 * The pattern of a service name that can only mean such a program: `redis`, `postgres14`,
 * `mysql-db`.
 */
const NAME = new RegExp(
  `^(?:${WORDS})[-_.]?(?:server|local|db|database|data|cache|queue|main|master|primary|replica|dev|test|prod|[\\d._-])*$`,
);

export function isServerName(name: string): boolean {
  const low = name.toLowerCase();
  return NAME.test(low) && !EVERYDAY.test(low);
}

/** A name that suggests a database; it counts only together with another sign. */
export function isDatabaseName(name: string): boolean {
  return /(^|[-_.]|[a-z])(db|database)[-_.]?\d*$/i.test(name);
}

/** Where servers keep their data. */
const DATA_DIRECTORIES = [
  '/var/lib/postgresql',
  '/var/lib/mysql',
  '/var/lib/mariadb',
  '/data/db',
  '/var/lib/mongodb',
  '/var/lib/redis',
  '/var/lib/valkey',
  '/var/lib/rabbitmq',
  '/var/lib/kafka',
  '/var/lib/redpanda',
  '/var/lib/zookeeper',
  '/var/lib/cassandra',
  '/var/lib/scylla',
  '/var/lib/clickhouse',
  '/var/lib/influxdb',
  '/var/lib/influxdb2',
  '/var/lib/neo4j',
  '/var/lib/arangodb3',
  '/var/lib/questdb',
  '/var/lib/couchdb',
  '/opt/couchdb/data',
  '/opt/couchbase/var',
  '/var/lib/eventstore',
  '/var/lib/milvus',
  '/var/lib/weaviate',
  '/var/lib/ldap',
  '/var/lib/registry',
  '/var/opt/mssql',
  '/var/opt/gitlab',
  '/opt/oracle/oradata',
  '/usr/share/elasticsearch/data',
  '/usr/share/opensearch/data',
  '/cockroach/cockroach-data',
  '/qdrant/storage',
  '/meili_data',
  '/var/solr',
  '/var/jenkins_home',
  '/nexus-data',
  '/prometheus',
  '/bitnami/postgresql',
  '/bitnami/mariadb',
  '/bitnami/mysql',
  '/bitnami/mongodb',
  '/bitnami/redis',
  '/bitnami/kafka',
];

/** Where a new server reads its initial data. */
const FIRST_START = '/docker-entrypoint-initdb.d';

export function dataDirectory(path: string): string | undefined {
  return DATA_DIRECTORIES.find((directory) => isInside(path, directory));
}

export function isForFirstStart(path: string): boolean {
  return isInside(path, FIRST_START);
}

function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
