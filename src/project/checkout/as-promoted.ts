import { basename, dirname, join, relative } from 'node:path';
import type { ComposeModel } from '../../compose/model/model.ts';
import { reset, stringify } from '../../compose/model/tagged.ts';
import type { Context } from '../../context.ts';
import { realpath, rm, symlink } from '../../system/disk.ts';
import type { ComposeScope } from '../../system/docker/compose.ts';
import { findComposeFiles } from '../compose-files.ts';
import type { Project } from '../load.ts';
import { isInside, linkOwn, type Mirror, ownPath } from './mirror.ts';

/**
 * The compose files that Compose takes by itself once a checkout is the stable, as the user's own paths: those of
 * `COMPOSE_FILE` in `.env`, and those that have one of the usual names.
 */
export async function filesTaken(
  context: Context,
  project: Project,
  mirror: Mirror,
): Promise<string[]> {
  const here = await realpath(context.options.directory);
  const directory = inMirror(mirror, here);
  // Files that git does not track stay where they are.
  const { files: own } = await findComposeFiles(context);
  await linkOwn(
    mirror,
    [...own, ...project.files].map((file) => inMirror(mirror, file)),
  );
  const { files } = await findComposeFiles({
    ...context,
    options: { ...context.options, directory },
  });
  const real = files.map(async (file) => join(await realpath(dirname(file)), basename(file)));
  return (await Promise.all(real)).map((file) => ownPath(mirror, file));
}

/** Where a path of the user's is in a mirror. */
function inMirror({ root }: Mirror, path: string): string {
  return isInside(path, root) ? path : join(root, path);
}

/**
 * Compose's model with the services of every profile: who names a profile later starts them as they are then. The
 * project has the name that Compose gives it by itself.
 */
export async function everyService(
  { compose, options }: Context,
  scope: ComposeScope,
): Promise<ComposeModel> {
  const named = { ...scope, projectName: options.projectName };
  const all = { ...named, profiles: ['*'] };
  const [active, { services }] = await Promise.all([compose.model(named), compose.written(all)]);
  const asleep = Object.keys(services).filter((name) => !Object.hasOwn(active.services, name));
  if (asleep.length === 0) return active;
  // Files with their settings may be missing as long as they do not run.
  const without = { env_file: reset([]), label_file: reset([]) };
  const text = stringify({ services: Object.fromEntries(asleep.map((name) => [name, without])) });
  return compose.modelWith(all, text);
}

/**
 * Calls `work` with the same checkout at another depth. A path with more `..` than there are folders above it leads
 * elsewhere from there, and elsewhere again from the user's own folder.
 */
export async function atOtherDepth<T>(
  { root, tree }: Mirror,
  work: (other: Mirror) => Promise<T>,
): Promise<T> {
  const link = join(root, '.deeper');
  await rm(link, { force: true });
  await symlink('.', link);
  try {
    return await work({ root: link, tree: join(link, relative(root, tree)) });
  } finally {
    await rm(link, { force: true });
  }
}

/** A path of a mirror in another of the same checkout. */
export function moved(path: string, { from, to }: { from: Mirror; to: Mirror }): string {
  return isInside(path, from.root) ? join(to.root, relative(from.root, path)) : path;
}

/** The services, or the other parts, of a model that are not the same from another depth. */
export async function climbing(
  context: Context,
  scope: ComposeScope,
  mirror: Mirror,
  model: ComposeModel,
): Promise<string[]> {
  return atOtherDepth(mirror, async (other) => {
    const place = { from: mirror, to: other };
    const there = await everyService(context, {
      ...scope,
      projectDirectory: moved(scope.projectDirectory, place),
      files: scope.files.map((file) => moved(file, place)),
    });
    const [here, deeper] = [partsOf(model, mirror), partsOf(there, other)];
    return [...here.keys()].filter((part) => here.get(part) !== deeper.get(part));
  });
}

function partsOf({ services, ...rest }: ComposeModel, { root }: Mirror): Map<string, string> {
  const parts = [...Object.entries(services), ...Object.entries(rest)];
  return new Map(parts.map(([name, part]) => [name, JSON.stringify(part).replaceAll(root, '')]));
}
