import type { ComposeModel, ComposeService, ComposeVolume } from '../model/model.ts';
import { networkOwner } from '../model/namespaces.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import { hostSetting, nameIn } from './database-setting.ts';
import { programName, programsOf } from './image.ts';
import {
  dataDirectory,
  isDatabaseName,
  isForFirstStart,
  isServerName,
  serverWord,
} from './stateful-words.ts';

const SERVER_SETTINGS =
  /^(POSTGRES_(DB|USER|PASSWORD|INITDB_ARGS)|MYSQL_(ROOT_PASSWORD|DATABASE)|MARIADB_ROOT_PASSWORD|MONGO_INITDB_|PGDATA$)/;

/**
 * Those that only a server reads: a service built here also has the settings of the database it
 * uses.
 */
const ONLY_A_SERVERS = /^(POSTGRES_INITDB_ARGS|MONGO_INITDB_|PGDATA$)/;

const DATABASE_PORTS = new Set([
  1433, 1521, 2181, 2379, 3306, 5432, 5672, 5984, 6379, 7687, 9042, 9092, 9200, 11_211, 26_257,
  27_017,
]);

const ALONE: ComposeModel = { name: '', services: {} };

/**
 * Why a service must be shared and never cloned: it keeps data. `undefined` if nothing shows it.
 * One sign that only a server has is enough (image, data directory, port). Signs that a client may
 * also have count only if the service uses no other server. The model shows which services it uses,
 * the files its base image.
 */
export function statefulReason(
  service: ComposeService,
  model: ComposeModel = ALONE,
  files: readonly ConfigurationFile[] = [],
): string | undefined {
  const said = model.said?.roles[nameIn(model, service) ?? ''];
  if (said) return said === 'stateful' ? 'as you say' : undefined;
  return (
    byImage(service, model, files) ??
    byDirectory(service, model) ??
    byWhatClientsHaveToo(service, model) ??
    byPort(service, model)
  );
}

function byImage(
  service: ComposeService,
  model: ComposeModel,
  files: readonly ConfigurationFile[],
): string | undefined {
  // A service that is built here is the user's own code, whatever its image is called; its base
  // image is not.
  const [program = ''] = programsOf(service, files);
  const server = serverWord(program);
  if (!server) return undefined;
  const asks = hostSetting(service, model) ?? serverThatItAsks(service, server.word, model);
  if (asks && (service.build || !server.isFirst)) return undefined;
  return service.build ? `it is built on ${program}` : `its image is ${service.image}`;
}

/** Another service of the same kind that it depends on: `zabbix-server-mysql` uses `mysql`. */
function serverThatItAsks(
  { depends_on, links }: ComposeService,
  word: string,
  { services }: ComposeModel,
): string | undefined {
  const named = [
    ...Object.keys(depends_on ?? {}),
    ...(links ?? []).map((link) => link.split(':')[0] ?? ''),
  ];
  return named.find((name) => {
    const other = serverWord(programName(services[name]?.image ?? ''));
    return other?.isFirst && other.word === word;
  });
}

function byDirectory(service: ComposeService, model: ComposeModel): string | undefined {
  const writable = (service.volumes ?? []).filter((volume) => !volume.read_only);
  const data = writable.find((volume) => dataDirectory(volume.target));
  if (data && !isSharedByItsServer(service, data, model)) return `it keeps data in ${data.target}`;
  const first = service.volumes?.find(({ target }) => isForFirstStart(target));
  if (first && !hostSetting(service, model)) return `it begins with what is in ${first.target}`;
  return undefined;
}

/**
 * Whether it is a client that mounts the data folder of the server it waits for, for example
 * because of its socket.
 */
function isSharedByItsServer(
  service: ComposeService,
  { source }: ComposeVolume,
  { services }: ComposeModel,
): boolean {
  return Object.entries(services).some(
    ([name, other]) =>
      source !== undefined &&
      service.depends_on?.[name]?.condition.match(/^service_(started|healthy)$/) &&
      other.volumes?.some((each) => each.source === source && dataDirectory(each.target)),
  );
}

function byWhatClientsHaveToo(service: ComposeService, model: ComposeModel): string | undefined {
  if (hostSetting(service, model)) return undefined;
  const name = nameIn(model, service) ?? '';
  const isNamed = isServerName(name);
  if (service.build && isNamed) return `it is built here as \`${name}\``;
  const volume = service.volumes?.some((each) => each.type === 'volume' && !each.read_only);
  const image = programName(service.image ?? '');
  if (service.build && volume && serverWord(image)) return `it has a volume and makes ${image}`;
  const settings = Object.keys(service.environment ?? {}).filter((key) =>
    SERVER_SETTINGS.test(key),
  );
  if (isDatabaseName(name) && (settings.length > 0 || volume || isDatabaseName(image)))
    return `it is called \`${name}\` and has ${settings[0] ? `the setting ${settings[0]}` : volume ? 'a volume' : `the image ${service.image}`}`;
  const own = settings.find(
    (key) => (!service.build || ONLY_A_SERVERS.test(key)) && !isAServersToo(service, key, model),
  );
  return volume && own ? `it has a volume and the setting ${own}` : undefined;
}

/**
 * Whether a server of the stack has this setting with the same value: both read one file, and this
 * service is the client.
 */
function isAServersToo(service: ComposeService, key: string, { services }: ComposeModel): boolean {
  return Object.values(services).some(
    (other) =>
      other !== service &&
      other.environment?.[key] === service.environment?.[key] &&
      (serverWord(programName(other.build ? '' : (other.image ?? '')))?.isFirst ||
        other.volumes?.some(({ target }) => dataDirectory(target))),
  );
}

/**
 * A port is a weak sign: a web server, a client of a database elsewhere, or a service that carries the ports of others
 * in its network, may have it too.
 */
function byPort(service: ComposeService, model: ComposeModel): string | undefined {
  const published = (service.ports ?? []).map((each) => each.target);
  const targets = [...published, ...(service.expose ?? []).map(Number)];
  const port = targets.find((each) => DATABASE_PORTS.has(each));
  const isForUsers = published.some((each) => !DATABASE_PORTS.has(each));
  if (isForUsers && (service.build || !published.some((each) => DATABASE_PORTS.has(each))))
    return undefined;
  if (hostSetting(service, model) || carriesOthers(service, model)) return undefined;
  return port ? `it listens on ${port}, a database's or queue's port` : undefined;
}

function carriesOthers(service: ComposeService, model: ComposeModel): boolean {
  const name = nameIn(model, service);
  return Object.values(model.services).some(
    (other) => name !== undefined && networkOwner(other, model) === name,
  );
}
