import { isDeepStrictEqual } from 'node:util';
import type { ComposeModel, ComposePort, ComposeService, ComposeVolume } from '../model/model.ts';
import { OWN_LABELS } from '../model/names.ts';
import { isEmpty, isHarmless } from './reach.ts';

type Loose = Readonly<Record<string, unknown>>;

/** A compose model, the files it was read from, and where the paths in it lead. */
export interface AccessSide {
  model: ComposeModel;
  /** Compose files, env files and others that Compose itself reads. */
  reads: readonly string[];
  /** Where a path leads, if that is outside of the project or in a folder of git or canary. */
  outside: (path: string) => string | undefined;
  /** The same for a folder that is mounted, with all that is in it. */
  outsideMounted: (path: string) => string | undefined;
}

/** Fields that are compared by themselves, or that reach nothing of the host. */
const OTHERS = new Set([
  ...['build', 'image', 'pull_policy', 'container_name', 'hostname', 'labels', 'restart', 'ports'],
  ...['networks', 'depends_on', 'links', 'volumes', 'deploy', 'cpu_shares', 'scale'],
  ...['dns', 'mac_address', 'develop', 'label_file', 'pull_refresh_after'],
]);
/** Those that may be the namespace of another service of the project. By its processes the files of that are reached too. */
const NAMESPACES = new Set(['network_mode', 'ipc']);
/** Values of theirs with which a service has a namespace of its own. */
const OWN: ReadonlySet<unknown> = new Set([undefined, null, '', 'none', 'private', 'shareable']);
/** Fields of a build that give it nothing of the host, its network or its agents. */
const BUILD = new Set([
  ...['dockerfile_inline', 'args', 'target', 'labels', 'secrets'],
  ...['no_cache', 'pull', 'platforms', 'provenance', 'sbom', 'shm_size', 'ulimits', 'extra_hosts'],
  ...['isolation'],
]);

/**
 * What the services of one compose model get of the host that those of the other do not have, each
 * as a part of a sentence. Empty if a service of the same name has all of it.
 */
export function newHostAccess(branch: AccessSide, stable: AccessSide): string[] {
  const known = new Map(Object.entries(stable.model.services));
  const services = Object.entries(branch.model.services).flatMap(([name, service]) => {
    const own = known.get(name) ?? {};
    return [
      ...fieldsBeyond(service, own, branch.model),
      ...portsBeyond(service, own),
      ...mountsBeyond(service, own, branch, stable),
      ...buildBeyond(service, own, branch, stable),
      ...nameBeyond(name, service, stable.model),
      ...labelsBeyond(service.labels, own.labels),
    ].map((what) => `\`${name}\` has ${what}`);
  });
  return [...services, ...definitionsBeyond(branch, stable), ...filesBeyond(branch, stable)];
}

function fieldsBeyond(
  service: ComposeService,
  own: ComposeService,
  { services }: ComposeModel,
): string[] {
  const devices = (each: ComposeService) => each.deploy?.resources?.reservations?.devices ?? [];
  const fields = Object.entries(service).flatMap(([field, value]) => {
    if (OTHERS.has(field) || isHarmless(field, value) || isEmpty(value)) return [];
    if (NAMESPACES.has(field) && isOfProject(field, value, services)) return [];
    return isWithin(value, (own as Loose)[field]) ? [] : [`\`${field}\``];
  });
  return isWithin(devices(service), devices(own))
    ? fields
    : [...fields, '`deploy.resources.reservations.devices`'];
}

/** Whether a namespace is that of a service, which has not got it from the machine or another container. */
function isOfProject(
  field: string,
  value: unknown,
  services: ComposeModel['services'],
  above: readonly string[] = [],
): boolean {
  const [, owner] = /^service:(.+)$/.exec(String(value)) ?? [];
  if (owner === undefined || above.includes(owner)) return false;
  const theirs = (services[owner] as Loose | undefined)?.[field];
  return OWN.has(theirs) || isOfProject(field, theirs, services, [...above, owner]);
}

/** Ports of the machine, at addresses where the stable does not publish them. */
function portsBeyond({ ports = [] }: ComposeService, own: ComposeService): string[] {
  const had = (own.ports ?? []).map(placeOf);
  return ports.map(placeOf).flatMap((wanted) => {
    const isHad = had.some(
      (each) =>
        each.port === wanted.port &&
        each.protocol === wanted.protocol &&
        (each.address === '' || each.address === wanted.address),
    );
    const at = wanted.address === '' ? '' : ` at ${wanted.address}`;
    return isHad ? [] : [`the published port ${wanted.port}/${wanted.protocol}${at}`];
  });
}

/** Without an address, or with one that stands for all, it is the empty text. */
function placeOf({ published = 'of any number', host_ip = '', protocol = 'tcp' }: ComposePort) {
  const address = host_ip === '0.0.0.0' || host_ip === '::' ? '' : host_ip;
  return { port: published, protocol, address };
}

/** Whether a value is the other's, or a list has only items of the other. */
function isWithin(value: unknown, other: unknown): boolean {
  if (!Array.isArray(value)) return isDeepStrictEqual(value, other);
  const items = Array.isArray(other) ? other : [];
  return value.every((item) => items.some((each) => isDeepStrictEqual(each, item)));
}

function mountsBeyond(
  service: ComposeService,
  own: ComposeService,
  branch: AccessSide,
  stable: AccessSide,
): string[] {
  const had = (own.volumes ?? []).flatMap((mount) => outsideMount(mount, stable));
  return (service.volumes ?? []).flatMap((mount) => {
    if (!['bind', 'volume', 'tmpfs', 'image'].includes(mount.type))
      return isWithin([mount], own.volumes) ? [] : [`\`${mount.type}\` mounts`];
    return outsideMount(mount, branch)
      .filter((wanted) => !had.some((each) => covers(each, wanted)))
      .map(({ path, writes }) => `${path}${writes ? '' : ' (read-only)'}`);
  });
}

interface OutsideMount {
  path: string;
  writes: boolean;
}

function outsideMount(
  { type, source = '', read_only }: ComposeVolume,
  { outsideMounted }: AccessSide,
): OutsideMount[] {
  const path = type === 'bind' ? outsideMounted(source) : undefined;
  return path === undefined ? [] : [{ path, writes: read_only !== true }];
}

function covers(has: OutsideMount, wanted: OutsideMount): boolean {
  const isBelow = wanted.path === has.path || wanted.path.startsWith(`${has.path}/`);
  return isBelow && (has.writes || !wanted.writes);
}

function buildBeyond(
  { build = {} }: ComposeService,
  { build: own = {} }: ComposeService,
  branch: AccessSide,
  stable: AccessSide,
): string[] {
  const settings = Object.entries(build).flatMap(([field, value]) => {
    const isKnown = BUILD.has(field) || isPlain(field, value) || isEmpty(value);
    if (isKnown && (ESCAPED.has(field) || !isEvaluated(value))) return [];
    return isWithin(value, (own as Loose)[field]) ? [] : [field];
  });
  const had = new Set(buildPaths(own).flatMap((path) => stable.outside(path) ?? []));
  const paths = buildPaths(build).flatMap((path) => branch.outside(path) ?? []);
  return [
    ...settings.map((field) => `\`build.${field}\``),
    ...paths.filter((path) => !had.has(path)).map((path) => `a build from ${path}`),
  ];
}

/** Fields of a build in which Compose keeps Buildx from evaluating anything. */
const ESCAPED = new Set(['args', 'dockerfile_inline']);

/** Whether Buildx makes something else of a value than Compose shows: `./${join("", [".", "."])}` leads up. */
function isEvaluated(value: unknown): boolean {
  return /[$%]\{/.test(JSON.stringify(value) ?? '');
}

/** What a build takes from elsewhere. Other addresses are of the machine: `cwd://` and `oci-layout:` name folders. */
const ELSEWHERE = /^((https?|git|ssh|docker-image):\/\/|git@|github\.com\/|(service|target):)/;

/** Whether a field takes only images and folders; of the latter, the paths are looked at. */
function isPlain(field: string, value: unknown): boolean {
  const texts = typeof value === 'string' ? [value] : Object.values(value ?? {}).map(String);
  if (field === 'dockerfile') return texts.every((each) => !each.includes('://'));
  if (field === 'cache_from')
    return texts.every((each) => !each.includes('=') || /^type=registry,ref=[^,"]+$/.test(each));
  const isContext = field === 'context' || field === 'additional_contexts';
  return isContext && texts.every((each) => each.startsWith('/') || ELSEWHERE.test(each));
}

/** A build takes its name away from the image that has it, which may be another project's or canary's own. */
function nameBeyond(
  name: string,
  { build, image }: ComposeService,
  { name: project, services }: ComposeModel,
): string[] {
  const own = services[name];
  if (!build || !image || (own?.build && own.image === image)) return [];
  if (isEvaluated(image) || KEPT_TAG.test(image)) return [`a build named ${image}`];
  const built = Object.values(services).flatMap((each) => (each.build && each.image) || []);
  const names = [`${project}-${name}`, ...built].map(withoutTag);
  return names.includes(withoutTag(image)) ? [] : [`a build named ${image}`];
}

/** Tags by which canary keeps images: of its canaries, of those that it pulled, and of the stable before a promotion. */
const KEPT_TAG = /:(canary|pulled|before)-[^/]*$/;

/** By them canary tells what is its own, and removes it. */
function labelsBeyond(labels: ComposeService['labels'], own: ComposeService['labels']): string[] {
  const known = Object.keys(own ?? {});
  return Object.keys(labels ?? {})
    .filter((label) => label.startsWith(OWN_LABELS) && !known.includes(label))
    .map((label) => `the label ${label}`);
}

function withoutTag(image: string): string {
  const last = image.lastIndexOf('/') + 1;
  return image.slice(0, last) + image.slice(last).replace(/[:@].*/s, '');
}

/** The paths of the host that a build reads, absolute as Compose resolves them. */
function buildPaths({ context = '', dockerfile = '', additional_contexts = {} }: Build): string[] {
  const file = context.startsWith('/') && dockerfile ? [`${context}/${dockerfile}`] : [];
  const all = [context, dockerfile, ...file, ...Object.values(additional_contexts)];
  return all.filter((path) => path.startsWith('/'));
}
type Build = NonNullable<ComposeService['build']>;

/** Networks and volumes that belong to others, or that a driver takes from the host. */
function definitionsBeyond(branch: AccessSide, stable: AccessSide): string[] {
  const project = stable.model.name;
  return (['networks', 'volumes'] as const).flatMap((kind) => {
    const own = new Map(Object.entries(stable.model[kind] ?? {}));
    return Object.entries(branch.model[kind] ?? {}).flatMap(([key, definition]) => {
      const { name, external, driver, driver_opts, ipam } = (definition ?? {}) as Loose;
      const named = labelsBeyond(labelsOf(definition), labelsOf(own.get(key)));
      if (named.length > 0)
        return named.map((what) => `the ${kind.slice(0, -1)} \`${key}\` has ${what}`);
      const isPlain = driver === undefined || driver === 'local' || driver === 'bridge';
      const isOwn = name === undefined || name === `${project}_${key}`;
      // The machine reaches addresses of a network through it, whoever else has them.
      if (isPlain && isOwn && !external && isEmptyMap(driver_opts) && isEmptyMap(ipam)) return [];
      return isDeepStrictEqual(definition, own.get(key))
        ? []
        : [`the ${kind.slice(0, -1)} \`${key}\` is not the project’s own`];
    });
  });
}

function labelsOf(definition: unknown): ComposeService['labels'] {
  return ((definition ?? {}) as ComposeService).labels;
}

function isEmptyMap(value: unknown): boolean {
  return Object.keys(value ?? {}).length === 0;
}

/** Files outside of the project that Compose reads, or gives to services as configs and secrets. */
function filesBeyond(branch: AccessSide, stable: AccessSide): string[] {
  const outsideOf = ({ model, reads, outside }: AccessSide) =>
    [...reads, ...givenFiles(model)].flatMap(
      (path) => outside(path) ?? (isEvaluated(path) ? path : []),
    );
  const had = new Set(outsideOf(stable));
  return [...new Set(outsideOf(branch))]
    .filter((path) => !had.has(path))
    .map((path) => `it reads ${path}`);
}

function givenFiles({ configs = {}, secrets = {} }: ComposeModel): string[] {
  return [configs, secrets].flatMap((each) =>
    Object.values(each).flatMap(({ file }) => file ?? []),
  );
}

/** Every path of the host that the models and files of a side name. */
export function pathsOf({ model, reads }: Pick<AccessSide, 'model' | 'reads'>): string[] {
  const services = Object.values(model.services).flatMap(({ volumes = [], build }) => [
    ...volumes.flatMap(({ type, source }) => (type === 'bind' && source ? [source] : [])),
    ...(build ? buildPaths(build) : []),
  ]);
  return [...new Set([...services, ...reads, ...givenFiles(model)])];
}
