import { basename, join } from 'node:path';
import type { ComposeModel, ComposeService } from '../compose/model/model.ts';
import type {
  ConfigurationFile,
  ConfigurationFiles,
} from '../compose/services/configuration-file.ts';
import { edgeKind } from '../compose/services/edge.ts';
import { type Call, findCalls } from '../compose/services/service-map.ts';
import type { CanaryConfig } from '../config/schema.ts';
import { byName } from '../config/values/by-name.ts';
import { readdir, readFile, stat } from '../system/disk.ts';

const CONFIGURATION = /(^Caddyfile|\.(conf|cfg|ya?ml|toml|json|ini|template|tmpl|inc))$/i;
/** Compose files name every service, but not what calls it. */
const COMPOSE_FILE = /compose.*\.ya?ml$/;
/** Where folders with configuration are mounted; others hold data or code. */
const FOLDERS = /^\/(etc|usr\/local\/(etc|apache2|openresty))\//;
const LARGEST = 256 * 1024;
const MOST_FILES = 50;

/** Which service calls which, from the definitions and the readable configuration files. */
export async function knownCalls(model: ComposeModel): Promise<Call[]> {
  return findCalls(model, await readConfigurationFiles(model));
}

/** The same for the ingresses in canary.yaml: reads nothing unless one does not name its callers. */
export async function callsForIngress(
  { services }: CanaryConfig,
  model: ComposeModel,
): Promise<Call[]> {
  const isAsked = Object.values(services).some(({ mesh }) => mesh && !mesh.callers);
  return isAsked ? knownCalls(model) : [];
}

/** What services mount or are built with, if it looks like configuration and can be read. */
export async function readConfigurationFiles(model: ComposeModel): Promise<ConfigurationFiles> {
  const read = Object.entries(model.services).map(
    async ([name, service]) => [name, await filesOf(model, service)] as const,
  );
  return byName(await Promise.all(read));
}

async function filesOf(model: ComposeModel, service: ComposeService): Promise<ConfigurationFile[]> {
  const configs = (service.configs ?? []).flatMap(({ source }) => model.configs?.[source] ?? []);
  const inline = configs.flatMap(({ content }) =>
    content === undefined ? [] : [{ path: 'a config', text: content }],
  );
  const named = configs.flatMap(({ file }) => (file ? [readText(file)] : []));
  const mounted = (service.volumes ?? []).flatMap(({ type, source, target }) => {
    if (type !== 'bind' || !source) return [];
    return [FOLDERS.test(`${target}/`) ? readFolder(source) : readText(source)];
  });
  const found = await Promise.all([...named, ...mounted, builtWith(service)]);
  return [...inline, ...found.flat()];
}

/** The Dockerfile of an image that is built here and, if it builds a proxy, the configuration beside it. */
async function builtWith({ build }: ComposeService): Promise<ConfigurationFile[]> {
  if (!build?.context?.startsWith('/')) return [];
  const dockerfile = await readText(join(build.context, build.dockerfile ?? 'Dockerfile'));
  const isProxy = edgeKind({ build }, dockerfile) !== undefined;
  return [...dockerfile, ...(isProxy ? await readFolder(build.context) : [])];
}

/** The configuration in a folder; of a file, the file itself. */
async function readFolder(path: string): Promise<ConfigurationFile[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return readText(path);
  const names = entries
    .filter(
      (each) => each.isFile() && CONFIGURATION.test(each.name) && !COMPOSE_FILE.test(each.name),
    )
    .map(({ name }) => join(path, name));
  const folders = entries.filter(
    (each) => each.isDirectory() && /conf|sites|nginx|dynamic/.test(each.name),
  );
  const below = await Promise.all(folders.map(({ name }) => readFolder(join(path, name))));
  const texts = await Promise.all(names.sort().slice(0, MOST_FILES).map(readText));
  return [...texts, ...below].flat();
}

/** A file that cannot be read, or that is not text, is skipped. */
async function readText(path: string): Promise<ConfigurationFile[]> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST) return [];
    const text = await readFile(path, 'utf8');
    return text.includes('\0') ? [] : [{ path: basename(path), text }];
  } catch {
    return [];
  }
}
