import { join, relative } from 'node:path';
import { type AccessSide, newHostAccess, pathsOf } from '../../compose/services/host-access.ts';
import { parseConfig } from '../../config/parse.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import { readIfExists, realPath } from '../../system/files.ts';
import { STATE_NAME } from '../layout.ts';
import { CONFIG_NAME, type Project } from '../load.ts';
import type { Checkout } from './checkout.ts';
import { type DefiningFile, definitionsIn } from './definitions.ts';
import { isInside, ownPath } from './mirror.ts';
import { pathsWithoutVariables } from './path-variables.ts';
import { settingsBeyond } from './settings-beyond.ts';

/** Both throw `branch-untrusted`. */
interface Trust {
  /** Before Compose reads these files: a message of Compose could quote them. */
  vetFiles(mirror: Checkout['mirror'], definitions: readonly DefiningFile[]): Promise<void>;
  /** Before anything is built or started. */
  vet(checkout: Checkout): Promise<void>;
}

/**
 * Refuses a pushed branch that gets more of the machine than the stable has; `undefined` if the stable's canary.yaml
 * trusts who may push.
 */
export async function trustOf(
  { compose, git }: Context,
  project: Project,
): Promise<Trust | undefined> {
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
    own = (path: string) => path,
  ): Promise<AccessSide> => {
    const real = new Map<string, string>();
    for (const path of pathsOf({ model, reads })) real.set(path, own(await realPath(path)));
    const realOf = (path: string) => real.get(path) ?? path;
    return {
      model,
      reads,
      outside: (path) => outside(project, realOf(path)),
      outsideMounted: (path) => outsideMounted(project, realOf(path)),
    };
  };
  const stable = await sideOf(project.model, [join(project.directory, '.env'), ...reads]);
  const empty = { name: project.model.name, services: {} };
  return {
    async vetFiles(mirror, definitions) {
      const own = (path: string) => ownPath(mirror, path);
      // Of a pushed branch, they may be links.
      const folder = join(mirror.tree, relative(project.repository, project.directory));
      const settings = [join(folder, '.env'), join(folder, CONFIG_NAME)];
      const reads = [...settings, ...filesOf(definitions)];
      const unclear = new Set(definitions.flatMap((each) => each.unclear).map(own));
      refuse([
        ...[...unclear].map(
          (file) => `canary cannot follow all that Compose reads through ${file}`,
        ),
        ...newHostAccess(await sideOf(empty, reads, own), stable),
      ]);
    },
    async vet({ mirror, model, directory, commit }) {
      const branch = await sideOf(model, [], (path) => ownPath(mirror, path));
      const text = await readIfExists(join(directory, CONFIG_NAME));
      const config =
        text === undefined
          ? []
          : await settingsBeyond(parseConfig(text, CONFIG_NAME), project, (path) =>
              outside(project, path),
            );
      const changed = await git.changedPaths(project.repository, 'HEAD', commit);
      refuse([...newHostAccess(branch, stable), ...config, ...stateIn(changed)]);
    },
  };
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

function filesOf(definitions: readonly DefiningFile[]): string[] {
  return definitions.flatMap(({ file, envFiles, extended }) => [file, ...envFiles, ...extended]);
}

function refuse(beyond: readonly string[]): void {
  if (beyond.length === 0) return;
  throw new CanaryError(
    'branch-untrusted',
    'The pushed branch gets more of this machine than the stable has.',
    {
      details: beyond,
      hint: 'Bring it to the stable branch first, or set `receive: { trust: full }` in the canary.yaml of the stable; then who may push has the power of root on this machine.',
    },
  );
}
