import { join, relative } from 'node:path';
import { refuseParted } from '../../compose/clone/companions.ts';
import type { BranchFiles } from '../../compose/clone/files.ts';
import type { ComposeModel, ComposeVolume } from '../../compose/model/model.ts';
import { shortCommit } from '../../compose/model/names.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import { discoveryOf, keptLabels } from '../../compose/services/discovery.ts';
import { overruled } from '../../compose/services/overrule.ts';
import { chooseSlice, cloneableService } from '../../compose/slice.ts';
import { parseConfig } from '../../config/parse.ts';
import { byName } from '../../config/values/by-name.ts';
import type { Context } from '../../context.ts';
import { CanaryError, hasCode } from '../../errors.ts';
import type { ImageSource, ReleasedImage } from '../../rollout/source.ts';
import { realpath } from '../../system/disk.ts';
import { exists, readIfExists } from '../../system/files.ts';
import { callsForIngress } from '../configuration-files.ts';
import { CONFIG_NAME, type Project } from '../load.ts';
import { branchFiles } from './branch-files.ts';
import { type DefiningFile, definitionsIn, filesDefining, namedFrom } from './definitions.ts';
import { trackedEnvFile, writtenWith } from './env-file.ts';
import { requireLargeFiles } from './large-files.ts';
import { isInside, linkOwn, type Mirror, mirrorOf, ownPath, pathsBeside } from './mirror.ts';
import { type CheckedOutMount, findMounts, movedMounts, refuseUnknownMounts } from './mounts.ts';
import { pathsWithoutVariables } from './path-variables.ts';
import { type Proven, proveClones } from './prove-clones.ts';
import { requireSameElsewhere } from './same-elsewhere.ts';

/** A commit of the project in canary's own worktree, as Compose reads it there. */
export interface Checkout extends Proven {
  /** The commit; of images, what identifies them. */
  commit: string;
  /** Of a release that was built elsewhere: its images. */
  source?: ImageSource;
  /** The images among it that were built elsewhere: canary keeps each by a name of its own. */
  pulled: readonly ReleasedImage[];
  mirror: Mirror;
  /** The worktree's top folder. */
  tree: string;
  /** The project's folder inside the worktree. */
  directory: string;
  /** The compose files, inside the worktree where git tracks them. */
  files: readonly string[];
  /** The `.env` of the commit, if git tracks it: a promotion reads it before the user's own is the same. */
  envFile?: string | undefined;
  model: ComposeModel;
  /** For each chosen service, the files that define it, relative to the user's project folder. */
  definedIn: Readonly<Record<string, readonly string[]>>;
  /** For each chosen service, its bind mounts and where its clone takes them from. */
  mounts: Readonly<Record<string, readonly CheckedOutMount[]>>;
  /** The mounts among them that are not taken from the branch's tree. */
  dataMounts: Readonly<Record<string, readonly ComposeVolume[]>>;
  /** Configs and secrets that clones take from the branch. */
  branchFiles: BranchFiles;
  /** For each chosen service that loses some labels, the others as they are written. */
  keptLabels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** For each chosen service, the repository's files that it mounts or reads settings from; relative paths. */
  mountedFiles: Readonly<Record<string, readonly string[]>>;
}

/** The compose files of a checkout, and all that they name. */
export interface CheckedOutFiles
  extends Pick<Checkout, 'commit' | 'mirror' | 'files' | 'directory'> {
  definitions: readonly DefiningFile[];
}

export interface CheckOutOptions {
  /** Where it is checked out. */
  home?: string;
  /** Called before Compose reads the files of the commit; throws to refuse them. */
  vetFiles?: ((files: CheckedOutFiles) => Promise<void>) | undefined;
  /** Finds the images that the commit names and that were built elsewhere; when left out, clones run what it names. */
  findPulled?: ((model: ComposeModel) => Promise<readonly ReleasedImage[]>) | undefined;
}

/** Checks out a commit, or uses the existing checkout, and reads what it defines. */
export async function checkOut(
  context: Context,
  project: Project,
  commit: string,
  { home = project.layout.worktrees, vetFiles, findPulled }: CheckOutOptions = {},
): Promise<Checkout> {
  const mirror = mirrorOf(home, commit, project.repository);
  const { tree } = mirror;
  const isThere =
    (await exists(tree)) && (await context.git.holds(project.repository, tree, commit));
  if (!isThere) {
    await context.git.removeWorktree(project.repository, tree);
    await context.git.forgetMissing(project.repository, home);
    await context.git.addWorktree(project.repository, tree, commit);
  }
  // Always: a checkout that was cut off may lack them.
  await context.git.checkOutSubmodules(project.repository, tree);
  const worktree = await context.git.worktreeOf(project.repository, tree);
  await requireLargeFiles(context, worktree, project.repository);
  const directory = join(tree, relative(project.repository, project.directory));
  const files = await Promise.all(project.files.map((file) => inWorktree(project, tree, file)));
  const branch = { ...project.scope, projectDirectory: directory, files };
  // Compose reads it first: variables in the names of other files are set there.
  await linkOwn(mirror, [join(directory, '.env')]);
  const envFile = await trackedEnvFile(project, mirror, directory);
  const definitions = await definitionsIn(files, directory, {
    expand: pathsWithoutVariables(context.compose, branch),
    ownPath: (path) => ownPath(mirror, path),
  });
  await vetFiles?.({ commit, mirror, files, directory, definitions });
  const envFiles = definitions.flatMap((each) => each.envFiles);
  const extended = definitions.flatMap((each) => each.extended);
  await linkOwn(mirror, [...definitions.map(({ file }) => file), ...extended, ...envFiles]);
  const read = await context.compose.model(branch).catch((error: unknown) => {
    throw refusedThere(error, mirror);
  });
  const model: ComposeModel = { ...read, ...(project.model.said && { said: project.model.said }) };
  await linkOwn(mirror, pathsBeside(mirror, model));
  await checkConfig(context, { commit, directory, model });

  const definedIn = byName<string[]>();
  const mounts = byName<CheckedOutMount[]>();
  const dataMounts = byName<ComposeVolume[]>();
  const mountedFiles = byName<string[]>();
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
      .find((name) => !Object.hasOwn(project.model.services, name));
    if (unknown) throw newDependency(service, unknown);
    const own = filesDefining(definitions, service);
    for (const file of own) {
      if (isInside(await realpath(file), tree)) continue;
      throw untracked(ownPath(mirror, file), service);
    }
    if (own.length === 0) {
      throw new CanaryError(
        'service-not-cloneable',
        `Which file defines service \`${service}\` could not be found.`,
        {
          hint: 'The file name has a variable in it, which only Compose can resolve. Write the file name out.',
        },
      );
    }
    refuseBuiltFromAbove(mirror, service, definition.build?.context);
    definedIn[service] = namedFrom(project.directory, own);
    const found = await findMounts(context, project, { commit, mirror, directory, model }, service);
    mounts[service] = found;
    dataMounts[service] = movedMounts(found);
    const binds = found.map(({ volume }) => volume.source ?? '');
    mountedFiles[service] = [...binds, ...settings]
      .filter((path) => isInside(path, tree))
      .map((path) => relative(tree, path));
  }
  refuseUnknownMounts(project, Object.values(mounts).flat());
  const services = project.slice.map(({ service }) => service);
  refuseParted(model, services);
  const asRead = { mirror, files, model, definitions, envFile };
  await requireSameElsewhere(context, project, asRead, services);
  let asked: Promise<WrittenModel> | undefined;
  const written = () => {
    asked ??= writtenWith(context, project, branch, envFile);
    return asked;
  };
  const keptLabels = await labelsToKeep(model, services, written);
  const sides = { stable: project.model, branch: model, mirror };
  const own = await branchFiles(sides, services, written);
  const pulled = (await findPulled?.(model)) ?? [];
  const base = {
    ...{ commit, pulled, mirror, tree, directory, files, envFile, model },
    ...{ definedIn, mounts, dataMounts, mountedFiles },
  };
  const kept = { keptLabels, branchFiles: own, pulled: pulled.map(({ service }) => service) };
  const clones = { ...base, ...kept, release: '', files: definedIn };
  const proven = await proveClones(context.compose, { ...project, written }, clones);
  return { ...base, keptLabels, branchFiles: own, ...proven };
}

/** If a clone must not have some labels, the others are written again: as in the source, secrets unexpanded. */
export async function labelsToKeep(
  model: ComposeModel,
  services: readonly string[],
  written: () => Promise<WrittenModel>,
): Promise<Checkout['keptLabels']> {
  const adapted = services.filter(
    (service) => discoveryOf(model.services[service] ?? {}).labels.length > 0,
  );
  if (adapted.length === 0) return byName();
  const asWritten = (await written()).services;
  return byName(
    adapted.map((service) => [service, keptLabels(asWritten[service]?.labels)] as const),
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
  const said = overruled(model, config);
  chooseSlice(config, said, await callsForIngress(config, said));
}

/** The same compose file at the commit; one that git does not track is used where it is. */
async function inWorktree(project: Project, tree: string, file: string): Promise<string> {
  const path = relative(project.repository, file);
  const copy = join(tree, path);
  return !path.startsWith('..') && (await exists(copy)) ? copy : file;
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

/** What Compose refuses in the checkout, in the user's own words for paths: nobody can put a file there. */
function refusedThere(error: unknown, mirror: Mirror): unknown {
  if (!hasCode(error, 'compose-file-invalid')) return error;
  return new CanaryError(error.code, 'Compose refuses the compose file of the branch.', {
    details: error.details.map((line) => line.replaceAll(mirror.root, '')),
    hint: 'A file that Compose misses there is neither in the branch nor in your own folder: commit it, or create it in your folder if git ignores it.',
    cause: error,
  });
}

/** There the checkout would stand beside the stable's code, or instead of it. */
function refuseBuiltFromAbove(mirror: Mirror, service: string, context: string | undefined): void {
  if (!context || context === mirror.tree || !isInside(mirror.tree, context)) return;
  throw new CanaryError(
    'service-not-cloneable',
    `Service \`${service}\` is built from ${ownPath(mirror, context)}, which contains the repository.`,
    {
      hint: 'Build it from a folder of the repository, and name others in `build: { additional_contexts: … }`.',
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
