import { lstat, mkdir, realpath, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { refuseParted } from '../../compose/clone/companions.ts';
import type { BranchFiles } from '../../compose/clone/files.ts';
import type { ComposeModel, ComposeVolume } from '../../compose/model/model.ts';
import { shortCommit } from '../../compose/model/names.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import { discoveryOf, keptLabels } from '../../compose/services/discovery.ts';
import { chooseSlice, cloneableService } from '../../compose/slice.ts';
import { parseConfig } from '../../config/parse.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import { exists, readIfExists } from '../../system/files.ts';
import { callsForIngress } from '../configuration-files.ts';
import { CONFIG_NAME, type Project } from '../load.ts';
import { branchFiles } from './branch-files.ts';
import { findDataMounts, isInside } from './data-mounts.ts';
import { type DefiningFile, definitionsIn, filesDefining, namedFrom } from './definitions.ts';
import { type Proven, proveClones } from './prove-clones.ts';

/** A commit of the project in canary's own worktree, as Compose reads it there. */
export interface Checkout extends Proven {
  commit: string;
  /** The worktree's top folder. */
  tree: string;
  /** The project's folder inside the worktree. */
  directory: string;
  /** The compose files, inside the worktree where git tracks them. */
  files: readonly string[];
  model: ComposeModel;
  /** For each chosen service, the files that define it, relative to the user's project folder. */
  definedIn: Readonly<Record<string, readonly string[]>>;
  dataMounts: Readonly<Record<string, readonly ComposeVolume[]>>;
  /** Configs and secrets that clones take from the branch. */
  branchFiles: BranchFiles;
  /** For each chosen service that loses some labels, the others as they are written. */
  keptLabels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** For each chosen service, the repository's files that it mounts or reads settings from; relative paths. */
  mountedFiles: Readonly<Record<string, readonly string[]>>;
}

/** Checks out a commit, or uses the existing checkout, and reads what it defines. */
export async function checkOut(
  context: Context,
  project: Project,
  commit: string,
  home = project.layout.worktrees,
): Promise<Checkout> {
  const tree = join(home, shortCommit(commit));
  const isThere = (await exists(tree)) && (await context.git.holds(tree, commit));
  if (!isThere) {
    await context.git.removeWorktree(project.repository, tree);
    await context.git.forgetMissing(project.repository, home);
    await context.git.addWorktree(project.repository, tree, commit);
  }
  // Always: a checkout that was cut off may lack them.
  await context.git.checkOutSubmodules(project.repository, tree);
  const directory = join(tree, relative(project.repository, project.directory));
  const files = await Promise.all(project.files.map((file) => inWorktree(project, tree, file)));
  const definitions = await definitionsIn(files, directory);
  const envFiles = definitions.flatMap((each) => each.envFiles);
  await linkSettings(project, tree, [join(directory, '.env'), ...envFiles]);
  const branch = { ...project.scope, projectDirectory: directory, files };
  const model = await context.compose.model(branch);
  await checkConfig(context, { commit, directory, model });

  const definedIn: Record<string, string[]> = {};
  const dataMounts: Record<string, ComposeVolume[]> = {};
  const mountedFiles: Record<string, string[]> = {};
  const settings = [...envFiles, ...filesOf(model.configs), ...filesOf(model.secrets)];
  for (const service of checkedOutServices(project)) {
    const isCloned = project.slice.some((member) => member.service === service);
    const definition = cloneableService(model, service, isCloned ? 'on' : 'once');
    // One-time services are not run for a clone.
    const required = Object.entries(definition.depends_on ?? {}).filter(
      ([, each]) => each.required !== false && each.condition !== 'service_completed_successfully',
    );
    const unknown = required
      .map(([name]) => name)
      .find((name) => !(name in project.model.services));
    if (unknown) throw newDependency(service, unknown);
    const own = filesDefining(definitions, service);
    const stray = own.find((file) => !isInside(file, tree));
    if (stray) throw untracked(stray, service);
    if (own.length === 0) {
      throw new CanaryError(
        'service-not-cloneable',
        `Which file defines service \`${service}\` could not be found.`,
        {
          hint: 'The file name has a variable in it, which only Compose can resolve. Write the file name out.',
        },
      );
    }
    definedIn[service] = namedFrom(project.directory, own);
    dataMounts[service] = await findDataMounts(
      context,
      project,
      { commit, tree, directory, model },
      service,
    );
    const binds = (model.services[service]?.volumes ?? []).flatMap(({ type, source }) =>
      type === 'bind' && source ? [source] : [],
    );
    mountedFiles[service] = [...binds, ...settings]
      .filter((path) => isInside(path, tree))
      .map((path) => relative(tree, path));
  }
  const services = project.slice.map(({ service }) => service);
  refuseParted(model, services);
  await requireSameElsewhere(context, project, { tree, files, model, definitions }, services);
  let asked: Promise<WrittenModel> | undefined;
  const written = () => {
    asked ??= context.compose.written(branch);
    return asked;
  };
  const keptLabels = await labelsToKeep(model, services, written);
  const sides = { stable: project.model, branch: model, tree, repository: project.repository };
  const own = await branchFiles(sides, services, written);
  const base = { commit, tree, directory, files, model, definedIn, dataMounts, mountedFiles };
  const clones = { ...base, release: '', files: definedIn, keptLabels, branchFiles: own };
  const proven = await proveClones(context.compose, { ...project, written }, clones);
  return { ...base, keptLabels, branchFiles: own, ...proven };
}

/**
 * A promotion gives Compose the branch's files in the user's folder, where the files they include or extend are still
 * the stable's: a branch that changes chosen services there could be tried but never promoted as it was.
 */
async function requireSameElsewhere(
  { compose }: Context,
  { scope, repository }: Project,
  {
    tree,
    files,
    model,
    definitions,
  }: Pick<Checkout, 'tree' | 'files' | 'model'> & { definitions: readonly DefiningFile[] },
  services: readonly string[],
): Promise<void> {
  if (definitions.every(({ file, isWhole }) => isWhole && files.includes(file))) return;
  const promoted = await compose.model({ ...scope, files });
  const asPromoted = (service: string) => JSON.stringify(promoted.services[service]);
  const asTried = (service: string) =>
    JSON.stringify(model.services[service])?.replaceAll(tree, repository);
  const other = services.find((service) => asPromoted(service) !== asTried(service));
  if (!other) return;
  throw new CanaryError(
    'service-not-cloneable',
    `The branch says \`${other}\` otherwise in a file that the compose file includes or extends.`,
    {
      hint: `Bring that definition to the stable first, or write it in ${basename(files[0] ?? 'the compose file')} itself. Changes of code and of images built here are possible.`,
    },
  );
}

/** If a clone must not have some labels, the others are written again: as in the source, secrets unexpanded. */
async function labelsToKeep(
  model: ComposeModel,
  services: readonly string[],
  written: () => Promise<WrittenModel>,
): Promise<Checkout['keptLabels']> {
  const adapted = services.filter(
    (service) => discoveryOf(model.services[service] ?? {}).labels.length > 0,
  );
  if (adapted.length === 0) return {};
  const asWritten = (await written()).services;
  return Object.fromEntries(
    adapted.map((service) => [service, keptLabels(asWritten[service]?.labels)]),
  );
}

/** The chosen services, and the one that runs the migration if it is not chosen. */
export function checkedOutServices({ slice, config }: Pick<Project, 'slice' | 'config'>): string[] {
  const { migrate } = config.database;
  const names = slice.map(({ service }) => service);
  return migrate && !names.includes(migrate.service) ? [...names, migrate.service] : names;
}

/** A commit with an invalid canary.yaml would stop every later command once it is the stable. */
async function checkConfig(
  { options }: Context,
  { commit, directory, model }: Pick<Checkout, 'commit' | 'directory' | 'model'>,
): Promise<void> {
  if (options.config !== undefined) return;
  const text = await readIfExists(join(directory, CONFIG_NAME));
  if (text === undefined) return;
  const config = parseConfig(text, `${CONFIG_NAME} at ${shortCommit(commit)}`);
  chooseSlice(config, model, await callsForIngress(config, model));
}

/** The same compose file at the commit; one that git does not track is used where it is. */
async function inWorktree(project: Project, tree: string, file: string): Promise<string> {
  const path = relative(project.repository, file);
  const copy = join(tree, path);
  return !path.startsWith('..') && (await exists(copy)) ? copy : file;
}

/**
 * Makes `.env` and the `env_file`s that git does not track reachable from the worktree. They are linked,
 * not copied: secrets stay in the one file the user keeps them in.
 */
async function linkSettings(
  { repository }: Project,
  tree: string,
  envFiles: readonly string[],
): Promise<void> {
  for (const target of envFiles) {
    if (!isInside(target, tree)) continue;
    const source = join(repository, relative(tree, target));
    if ((await exists(target)) || !(await exists(source))) continue;
    // A branch could have a link there that leads out of its worktree; Compose then reports the missing file.
    if (await leadsOut(dirname(target), tree)) continue;
    await mkdir(dirname(target), { recursive: true });
    await symlink(source, target);
  }
}

/** Whether a folder of a worktree, which need not exist, is outside of it once links are followed. */
async function leadsOut(folder: string, tree: string): Promise<boolean> {
  const isThere = await lstat(folder).catch(() => undefined);
  if (!isThere) return leadsOut(dirname(folder), tree);
  const real = await realpath(folder).catch(() => undefined);
  return real === undefined || !isInside(real, tree);
}

function filesOf(definitions: ComposeModel['configs']): string[] {
  return Object.values(definitions ?? {}).flatMap(({ file }) => (file ? [file] : []));
}

/** The chosen services that mount one of these paths, or a folder above it. */
export function servicesMounting(checkout: Checkout, paths: readonly string[]): string[] {
  return Object.entries(checkout.mountedFiles)
    .filter(([, mounted]) => paths.some((path) => mounted.some((each) => isInside(path, each))))
    .map(([service]) => service);
}

function newDependency(service: string, name: string): CanaryError {
  return new CanaryError(
    'service-not-cloneable',
    `In the branch \`${service}\` depends on \`${name}\`, which production does not have.`,
    {
      hint: `Bring \`${name}\` to the stable first; the canary shares it.`,
    },
  );
}

function untracked(file: string, service: string): CanaryError {
  return new CanaryError(
    'compose-file-untracked',
    `${file} defines \`${service}\` but is not in the branch.`,
    {
      hint: 'Commit that file: the canary is built from the branch.',
    },
  );
}
