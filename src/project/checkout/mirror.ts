import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { shortCommit } from '../../compose/model/names.ts';
import { lstat, mkdir, readlink, realpath, symlink } from '../../system/disk.ts';
import { exists, MOST_LINKS } from '../../system/files.ts';

/**
 * A folder that stands for `/`: a commit is checked out in it at the path that its repository has. So a relative path
 * that leaves the repository stays in this folder, and says which real path is meant.
 */
export interface Mirror {
  root: string;
  /** The worktree's top folder. */
  tree: string;
}

/** Where a commit of a repository is checked out below a folder of canary's. */
export function mirrorOf(home: string, commit: string, repository: string): Mirror {
  const root = join(home, shortCommit(commit));
  return { root, tree: join(root, repository) };
}

/** The user's own path for one in the mirror; others are as they are. */
export function ownPath({ root }: Pick<Mirror, 'root'>, path: string): string {
  return isInside(path, root) ? join('/', relative(root, path)) : path;
}

/** Whether a path lies beside the repository, said relative to it. */
export function isBeside({ root, tree }: Mirror, path: string): boolean {
  return isInside(path, root) && !isInside(path, tree);
}

/**
 * Links what the user has and the checkout lacks: files that git does not track, and what lies beside the repository.
 * Linked, not copied: secrets stay in the one file the user keeps them in.
 */
export async function linkOwn(mirror: Mirror, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const link = isBeside(mirror, path) ? firstBeside(mirror, path) : path;
    if (!link || !isInside(link, mirror.root) || (await exists(link))) continue;
    const led = await ledTo(mirror, link);
    if (led) await linkOwn(mirror, [led]);
    else if (await exists(ownPath(mirror, link))) {
      // A branch could have a link there that leads out of its checkout; Compose then reports the missing file.
      if (await leadsOut(dirname(link), mirror.root)) continue;
      await mkdir(dirname(link), { recursive: true });
      await symlink(ownPath(mirror, link), link);
    }
  }
}

/** A model with the user's own paths in place of the checkout's. */
export function withOwnPaths<T>({ root }: Mirror, model: T): T {
  return JSON.parse(JSON.stringify(model).replaceAll(root, ''));
}

/** Every path in a model that lies beside the repository. */
export function pathsBeside(mirror: Mirror, model: unknown): string[] {
  if (typeof model === 'string') return isBeside(mirror, model) ? [model] : [];
  if (typeof model !== 'object' || model === null) return [];
  return Object.values(model).flatMap((each) => pathsBeside(mirror, each));
}

/** Where a path leads that has a link of the repository in it, if that lies beside the repository. */
async function ledTo(mirror: Mirror, path: string): Promise<string | undefined> {
  let at = mirror.tree;
  const parts = relative(at, path).split('/');
  for (const [index, part] of parts.entries()) {
    const target = await readlink(join(at, part)).catch(() => undefined);
    const led = target && join(resolve(at, target), ...parts.slice(index + 1));
    if (led) return isBeside(mirror, led) ? led : undefined;
    at = join(at, part);
  }
  return undefined;
}

/**
 * Where a path of a checkout leads once its files are in the user's own folder. A link with many `..` leads elsewhere
 * from there than from the checkout, which lies deeper.
 */
export async function leadsTo({ root, tree }: Mirror, path: string): Promise<string> {
  const repository = join('/', relative(root, tree));
  const rest = ownPath({ root }, path).split('/');
  let at = '/';
  let links = 0;
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    const next = join(at, part);
    const isLinkable = part !== '' && part !== '.' && part !== '..' && links < MOST_LINKS;
    const target = isLinkable ? await targetThere({ root }, repository, next) : undefined;
    if (target === undefined) at = next;
    else {
      links += 1;
      if (isAbsolute(target)) at = '/';
      rest.unshift(...target.split('/'));
    }
  }
  return at;
}

/** The target of a link as it is after a promotion: the checkout's, and the user's own elsewhere. */
async function targetThere(
  { root }: Pick<Mirror, 'root'>,
  repository: string,
  path: string,
): Promise<string | undefined> {
  const read = (link: string) => readlink(link).catch(() => undefined);
  const copy = join(root, path);
  if (!isInside(path, repository) || !(await lstat(copy).catch(() => undefined))) return read(path);
  const target = await read(copy);
  // What the checkout lacks is linked to the user's own.
  return target === path ? read(path) : target;
}

/** Whether a folder, which need not exist, is outside of another once links are followed. */
async function leadsOut(folder: string, root: string): Promise<boolean> {
  const isThere = await lstat(folder).catch(() => undefined);
  if (!isThere) return leadsOut(dirname(folder), root);
  const real = await realpath(folder).catch(() => undefined);
  return real === undefined || !isInside(real, root);
}

/** The part of a path at which it leaves the way to the repository; nothing for a folder above it. */
function firstBeside({ root, tree }: Mirror, path: string): string | undefined {
  let at = root;
  for (const part of relative(root, path).split('/')) {
    at = join(at, part);
    if (!isInside(tree, at)) return at;
  }
  return undefined;
}

/** Whether a path is this folder or lies in it. */
export function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** Whether the checkout itself has a file; a link may lead to the user's own. */
export async function isInTree({ tree }: Mirror, file: string): Promise<boolean> {
  const place = await realpath(file).catch(() => undefined);
  return place !== undefined && isInside(place, tree);
}
