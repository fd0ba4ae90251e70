import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { type AccessSide, newHostAccess, pathsOf } from '../../compose/services/host-access.ts';
import { parseConfig } from '../../config/parse.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import { readIfExists, realPath } from '../../system/files.ts';
import { STATE_NAME } from '../layout.ts';
import { CONFIG_NAME, type Project } from '../load.ts';
import { atOtherDepth, climbing, everyService, filesTaken, moved } from './as-promoted.ts';
import type { CheckedOutFiles, Checkout } from './checkout.ts';
import { type DefiningFile, definitionsIn } from './definitions.ts';
import { isInside, leadsTo, type Mirror, ownPath } from './mirror.ts';
import { pathsWithoutVariables } from './path-variables.ts';
import { settingsBeyond } from './settings-beyond.ts';

/** Both throw `branch-untrusted`. */
interface Trust {
  /** Before Compose reads these files: a message of Compose could quote them. */
  vetFiles(files: CheckedOutFiles): Promise<void>;
  /** Before anything is built or started. */
  vet(checkout: Checkout): Promise<void>;
}

/**
 * Refuses a pushed branch that gets more of the machine than the stable has; `undefined` if the stable's canary.yaml
 * trusts who may push.
 */
export async function trustOf(context: Context, project: Project): Promise<Trust | undefined> {
  const { compose, git } = context;
  if (project.config.receive.trust === 'full') return undefined;
  const reads = filesOf(
    await definitionsIn(project.files, project.directory, {
      expand: pathsWithoutVariables(compose, project.scope),
      ownPath: (path) => path,
    }),
  );
  const sideOf = async (
    model: AccessSide['model'],
    reads: readonly string[],
    follow: (path: string) => Promise<string> = realPath,
  ): Promise<AccessSide> => {
    const real = new Map<string, string>();
    for (const path of pathsOf({ model, reads })) real.set(path, await follow(path));
    const realOf = (path: string) => real.get(path) ?? path;
    return {
      model,
      reads,
      outside: (path) => outside(project, realOf(path)),
      outsideMounted: (path) => outsideMounted(project, realOf(path)),
    };
  };
  const stableReads = [join(project.directory, '.env'), ...reads];
  const stable = await sideOf(project.model, stableReads);
  const empty = { name: project.model.name, services: {} };
  /** Its links are followed as they lead now, and as they will lead after a promotion. */
  const beyond = async (
    mirror: Mirror,
    model: AccessSide['model'],
    reads: readonly string[],
    stable: AccessSide,
  ) => {
    const now = async (path: string) => ownPath(mirror, await realPath(path));
    const later = (path: string) => leadsTo(mirror, path);
    return [
      ...newHostAccess(await sideOf(model, reads, now), stable),
      ...newHostAccess(await sideOf(model, reads, later), stable),
    ];
  };
  return {
    async vetFiles(checkedOut) {
      const { commit, mirror, directory, definitions } = checkedOut;
      const own = (path: string) => ownPath(mirror, path);
      // Of a pushed branch, they may be links.
      const settings = [join(directory, '.env'), join(directory, CONFIG_NAME)];
      const read = [...settings, ...filesOf(definitions)];
      const unclear = definitions.flatMap((each) => each.unclear);
      refuse([
        ...unclear.map(
          (file) => `canary cannot follow all that Compose reads through ${own(file)}`,
        ),
        ...(await beyond(mirror, empty, read, stable)),
        ...(await climbingFiles(context, project, checkedOut)),
        ...(await removedOf(context, project, commit, read.map(own))),
      ]);
      const taken = await filesTaken(context, project, mirror);
      if (taken.join() !== project.files.join())
        refuse([`Compose takes other files in its folder: ${taken.join(', ')}`]);
    },
    async vet({ mirror, files, directory, commit }) {
      const scope = { ...project.scope, projectDirectory: directory, files };
      const [model, own] = await Promise.all([
        everyService(context, scope),
        everyService(context, project.scope),
      ]);
      const text = await readIfExists(join(directory, CONFIG_NAME));
      const config =
        text === undefined
          ? []
          : await settingsBeyond(parseConfig(text, CONFIG_NAME), project, (path) =>
              outside(project, path),
            );
      const changed = await git.changedPaths(project.repository, 'HEAD', commit);
      refuse([
        ...(model.name === own.name ? [] : [`it names the project \`${model.name}\``]),
        ...(await beyond(mirror, model, [], await sideOf(own, stableReads))),
        ...(await climbing(context, scope, mirror, model)).map(
          (part) => `\`${part}\` has ${CLIMBS}`,
        ),
        ...config,
        ...stateIn(changed),
        ...hooksIn(changed, await git.setting(project.repository, 'core.hooksPath')),
      ]);
    },
  };
}

/** Files that a branch removes and reads all the same: the checkout has the user's own, and a promotion none. */
async function removedOf(
  { git }: Context,
  { repository }: Project,
  commit: string,
  read: readonly string[],
): Promise<string[]> {
  const base = await git.mergeBase(repository, 'HEAD', commit);
  const removed = base === undefined ? [] : await git.changedPaths(repository, base, commit, 'D');
  return removed
    .filter((path) => read.includes(join(repository, path)))
    .map((path) => `it removes ${path}, which Compose reads`);
}

const CLIMBS = 'a path with more `..` than there are folders above';

/** The same for the files that Compose reads, before it reads them. */
async function climbingFiles(
  { compose }: Context,
  { scope }: Project,
  { mirror, files, directory, definitions }: CheckedOutFiles,
): Promise<string[]> {
  const there = await atOtherDepth(mirror, async (other) => {
    const place = { from: mirror, to: other };
    const folder = moved(directory, place);
    const expand = pathsWithoutVariables(compose, { ...scope, projectDirectory: folder });
    const named = files.map((file) => moved(file, place));
    const found = await definitionsIn(named, folder, {
      expand,
      ownPath: (path) => ownPath(other, path),
    });
    return new Set(filesOf(found).map((path) => ownPath(other, path)));
  });
  const here = filesOf(definitions).map((path) => ownPath(mirror, path));
  return here.some((path) => !there.has(path)) ? [`it reads ${CLIMBS}`] : [];
}

/** Where a path leads that no service gets merely because it is the project's. */
function outside(project: Project, path: string): string | undefined {
  const isOurs = oursIn(project).some((each) => isInside(path, each));
  return isInside(path, project.repository) && !isOurs ? undefined : path;
}

/** The same for a mounted folder: git and canary obey what is written below it. */
function outsideMounted(project: Project, path: string): string | undefined {
  const holdsOurs = oursIn(project).some((each) => isInside(each, path));
  return holdsOurs ? path : outside(project, path);
}

function oursIn({ repository, layout }: Project): string[] {
  return [join(repository, '.git'), layout.state];
}

/** A promotion would write them where canary keeps what it knows of releases, and of running commands. */
function stateIn(paths: readonly string[]): string[] {
  const own = paths.filter((path) => path.split('/').includes(STATE_NAME));
  return own.length > 0 ? [`it changes files of canary's own: ${own.join(', ')}`] : [];
}

/** With hooks in the working tree, git runs those of whatever is merged, or reverted, there. */
function hooksIn(paths: readonly string[], setting: string | undefined): string[] {
  if (setting === undefined || isAbsolute(setting) || setting.startsWith('~')) return [];
  const folder = normalize(setting).replace(/\/$/, '');
  // Husky's own folder, `.husky/_`, runs what is beside it.
  const home = basename(folder) === '_' ? dirname(folder) : folder;
  const own = paths.filter((path) => home === '.' || isInside(path, home));
  return own.length > 0
    ? [`it changes hooks that git runs on this machine: ${own.join(', ')}`]
    : [];
}

function filesOf(definitions: readonly DefiningFile[]): string[] {
  return definitions.flatMap(({ file, envFiles, extended }) => [file, ...envFiles, ...extended]);
}

function refuse(beyond: readonly string[]): void {
  if (beyond.length === 0) return;
  throw new CanaryError(
    'branch-untrusted',
    'The pushed branch gets more of this machine than the stable has.',
    {
      details: [...new Set(beyond)],
      hint: 'Bring it to the stable branch first, or set `receive: { trust: full }` in the canary.yaml of the stable; then who may push has the power of root on this machine.',
    },
  );
}
