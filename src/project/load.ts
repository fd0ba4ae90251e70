import { createHash } from 'node:crypto';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { hiding } from '../compose/disguise/hidden.ts';
import { spareArrivalPort } from '../compose/ingress/ingress.ts';
import type { ComposeModel } from '../compose/model/model.ts';
import type { ProxyDefinition } from '../compose/render/override.ts';
import { proxyService, startsAsRoot } from '../compose/render/proxy-service.ts';
import { type RouterFields, routerFields } from '../compose/render/router-fields.ts';
import { overruled } from '../compose/services/overrule.ts';
import { chooseSlice, hasUsers, type SliceMember } from '../compose/slice.ts';
import { parseConfig } from '../config/parse.ts';
import type { CanaryConfig } from '../config/schema.ts';
import { shapeOf } from '../config/sections/analysis.ts';
import type { Context } from '../context.ts';
import { CanaryError, hasCode } from '../errors.ts';
import { renderConfiguration } from '../proxy/configuration.ts';
import { signConfiguration } from '../proxy/master-process.ts';
import { listedUsers, type UserSides } from '../proxy/user-map.ts';
import { realpath } from '../system/disk.ts';
import {
  type Compose,
  type ComposeScope,
  isAtLeast,
  OLDEST_COMPOSE,
} from '../system/docker/compose.ts';
import { exists, readIfExists } from '../system/files.ts';
import { proxySocket } from '../system/haproxy/proxy-socket.ts';
import type { ProxySocket } from '../system/host.ts';
import { JournalFiles } from '../system/state/journal-store.ts';
import { FileLock } from '../system/state/lock.ts';
import { FileStopRequest } from '../system/state/stop-request.ts';
import { type Certificates, loadCertificates, NO_CERTIFICATES } from './certificates.ts';
import { findComposeFiles } from './compose-files.ts';
import { withPlace } from './compose-problem.ts';
import { callsForIngress } from './configuration-files.ts';
import { type Layout, layoutOf, requireOwnProxyFolder, requireOwnState } from './layout.ts';
import { routesOf } from './proxy-routes.ts';

/** What is known about a project without its canary.yaml. */
export interface ComposeProject {
  directory: string;
  /** The user's compose files, absolute. */
  files: readonly string[];
  /** Compose with only the user's files. */
  scope: ComposeScope;
  model: ComposeModel;
  /** The top folder of the working tree; the project's own folder where there is none. */
  repository: string;
  /** Whether git keeps it. What was built elsewhere is released without git. */
  isInGit: boolean;
}

/** The parts of the world that belong to a project. */
export interface ProjectState {
  layout: Layout;
  journals: JournalFiles;
  lock: FileLock;
  stopRequest: FileStopRequest;
  /** HAProxy's admin socket, and the one of its master. */
  socket: ProxySocket;
  master: ProxySocket;
}

/** A project with its canary.yaml. */
export interface Project extends ComposeProject, ProjectState {
  name: string;
  config: CanaryConfig;
  slice: readonly SliceMember[];
  proxy: ProxyDefinition & {
    /** The complete HAProxy configuration, and a digest that identifies the one in force. */
    configuration: string;
    digest: string;
    /** The listed users: not in the configuration, so that they change without a reload. */
    users: UserSides;
    certificates: Certificates;
  };
  /** Set if canary.yaml says no more what runs: then the choice of services was read from the containers. */
  isFromContainers?: true;
}

export const CONFIG_NAME = 'canary.yaml';
// biome-ignore lint/suspicious/noTemplateCurlyInString: Compose expands it, from the environment or `.env`.
const DEFAULT_PROXY_IMAGE = '${CANARY_PROXY_IMAGE:-haproxy:3.0}';

/** Finds compose files and repository and asks Compose for the model; changes nothing. */
export async function loadComposeProject(context: Context): Promise<ComposeProject> {
  const { options, compose, git } = context;
  const found = await findComposeFiles(context);
  const scope: ComposeScope = {
    projectDirectory: found.directory,
    files: found.files,
    projectName: options.projectName,
    envFiles: found.envFiles,
    profiles: options.profiles,
    guise: hiding([]),
  };
  const readModel = compose.model(scope).catch(async (error: unknown) => {
    throw await withPlace(error, found.directory, found.files);
  });
  const supported = (await wasUp(found.directory)) ? undefined : supportedCompose(compose);
  let [, model] = await together([Promise.resolve(supported), readModel]);
  // The folder as git names it: a project may be reached through a symbolic link. The project keeps the link's name.
  const directory = await realpath(found.directory);
  const files = await Promise.all(
    found.files.map(async (file) => join(await realpath(dirname(file)), basename(file))),
  );
  const named = { ...scope, projectDirectory: directory, files, projectName: model.name };
  if (directory !== found.directory) model = await compose.model(named);
  const top = await git.root(directory).catch((error: unknown) => {
    if (hasCode(error, 'repository-missing')) return undefined;
    throw error;
  });
  const repository = top ?? directory;
  return { directory, files, scope: named, model, repository, isInGit: top !== undefined };
}

/** Whether it was brought up before, so by new enough programs: asking each again takes longer than most commands. */
function wasUp(directory: string): Promise<boolean> {
  return exists(layoutOf(directory).override);
}

/** The version of Compose; throws `compose-missing` or `compose-too-old`. */
export async function supportedCompose(compose: Compose): Promise<string> {
  const version = await compose.version();
  if (isAtLeast(version, OLDEST_COMPOSE)) return version;
  throw new CanaryError('compose-too-old', `Docker Compose ${version} is too old.`, {
    hint: `canary needs ${OLDEST_COMPOSE} or newer.`,
  });
}

/**
 * Loads everything a command needs and checks canary.yaml against the compose model; changes nothing. Commands that
 * only look or remove do not need readable certificates.
 */
export async function loadProject(
  context: Context,
  certificatesAre: 'required' | 'optional' = 'required',
): Promise<Project> {
  const project = await loadComposeProject(context);
  const config = await loadConfig(context, project.directory);
  const file = configPath(context, project.directory);
  const certificates = await loadCertificates(config, file).catch((error: unknown) => {
    if (certificatesAre === 'required') throw error;
    return NO_CERTIFICATES;
  });
  const said = { ...project, model: overruled(project.model, config) };
  const calls = await callsForIngress(config, said.model);
  const slice = chooseSlice(config, said.model, calls);
  const found = await foundBy(context, said, slice);
  return projectOf(context, said, { config, slice }, { certificates, found });
}

/** A project whose services are chosen. */
export async function projectOf(
  context: Context,
  project: ComposeProject,
  { config, slice }: Pick<Project, 'config' | 'slice'>,
  rest: { certificates: Certificates; found: RouterFields | undefined },
): Promise<Project> {
  const layout = layoutOf(project.directory);
  await requireOwnState(layout);
  return {
    ...project,
    name: project.model.name,
    config,
    slice,
    proxy: proxyOf(context, config, slice, project.model, layout, rest),
    ...openState(context, layout),
  };
}

/** The same if the engine is needed too; throws `engine-unreachable` first, whatever else is wrong. */
export async function loadLiveProject(
  context: Context,
  certificatesAre?: 'required' | 'optional',
): Promise<Project> {
  const project = await loadProject(context, certificatesAre).catch(async (error: unknown) => {
    await context.engine.version();
    throw error;
  });
  if (!(await wasUp(project.directory))) await context.engine.version();
  return project;
}

/** Waits until all works have ended. If several fail, throws the error of the first in the list. */
async function together<const Works extends readonly Promise<unknown>[]>(works: Works) {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** What is enough to take the traffic off: found by file names alone, whatever the files contain now. */
export async function findState(context: Context): Promise<ProjectState> {
  const layout = layoutOf(await realpath(await directoryOfState(context)));
  await requireOwnProxyFolder(layout);
  return openState(context, layout);
}

/** The folder of the compose file; where that is gone or cannot be read, this folder, if it has a state. */
async function directoryOfState(context: Context): Promise<string> {
  try {
    return (await findComposeFiles(context)).directory;
  } catch (error) {
    const { directory } = context.options;
    const isUnknown = hasCode(error, 'compose-file-missing') || !(error instanceof CanaryError);
    if (isUnknown && (await exists(layoutOf(directory).state))) return directory;
    throw error;
  }
}

function openState({ clock }: Context, layout: Layout): ProjectState {
  return {
    layout,
    journals: new JournalFiles(layout.releases, clock),
    lock: new FileLock(layout.lock, clock),
    stopRequest: new FileStopRequest(layout.stopRequest, clock),
    socket: proxySocket(layout.socket),
    master: proxySocket(layout.masterSocket),
  };
}

/** Where canary.yaml is, or would be written. */
export function configPath({ options }: Context, projectDirectory: string): string {
  const name = options.config ?? CONFIG_NAME;
  if (isAbsolute(name)) return name;
  return options.config ? resolve(options.directory, name) : join(projectDirectory, name);
}

/** The services that users reach through the proxy. */
export function entryServices(project: Pick<Project, 'slice'>): string[] {
  return project.slice.filter(hasUsers).map((member) => member.service);
}

export async function loadConfig(
  context: Context,
  projectDirectory: string,
): Promise<CanaryConfig> {
  const path = configPath(context, projectDirectory);
  const text = await readIfExists(path);
  if (text === undefined) {
    throw new CanaryError('config-missing', `There is no ${path}.`, {
      hint: 'Run `canary init` to choose the services and write it.',
    });
  }
  return parseConfig(text, path);
}

/** How routers find the proxy instead of services; Compose is asked for the files as written only if any do. */
async function foundBy(
  { compose }: Context,
  { scope, model }: ComposeProject,
  slice: readonly SliceMember[],
): Promise<RouterFields | undefined> {
  if (!slice.some(({ ingress }) => ingress?.router)) return undefined;
  return routerFields(slice, model, await compose.written(scope));
}

function proxyOf(
  { owner, hasIpv6 }: Context,
  config: CanaryConfig,
  slice: readonly SliceMember[],
  model: ComposeModel,
  layout: Layout,
  { certificates, found }: { certificates: Certificates; found: RouterFields | undefined },
): Project['proxy'] {
  const { metrics } = config.proxy;
  const { folders: certificateFolders } = certificates;
  const configuration = renderConfiguration({
    routes: routesOf(slice, config, certificates.files),
    identity: config.identity,
    match: config.match,
    forceHeader: config.force.header,
    keepsSamples: shapeOf(config) !== false,
    owner,
    startsAsRoot: startsAsRoot(owner, certificateFolders.length > 0),
    tolerance: config.proxy,
    trusted: config.proxy.trusted,
    hasIpv6,
    metricsPort: metrics === undefined ? undefined : spareArrivalPort(slice, metrics),
  });
  const digest = digestOf(configuration);
  // With their current values: a host that changes in `.env` changes what routers must find.
  const routed = slice.filter(({ ingress }) => ingress?.router).map(({ service }) => service);
  const meant = routed.map((service) => model.services[service]?.labels);
  const routersWords = found ? JSON.stringify([found.labels, meant]) : '';
  const image = config.proxy.image ?? DEFAULT_PROXY_IMAGE;
  const container = {
    image,
    owner,
    runDirectory: layout.proxyRun,
    certificateFolders,
    metricsPort: metrics,
    ...(found ? { found } : {}),
  };
  return {
    ...container,
    definition: digestOf(JSON.stringify(proxyService(container, slice, model)) + routersWords),
    configuration: signConfiguration(configuration, digest),
    digest,
    users: listedUsers(config.match),
    certificates,
  };
}

/** A short digest, by which a definition is recognized. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
