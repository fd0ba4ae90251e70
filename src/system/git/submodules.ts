import { dirname, join } from 'node:path';
import {
  isSafeModuleName,
  readSubmoduleSettings,
  type Submodule,
  submodulePaths,
} from '../../git/submodules.ts';
import { lstat, mkdir, rm } from '../disk.ts';
import { exists } from '../files.ts';
import { commonDirectory, gitDirectory } from './location.ts';
import { submoduleIn, worktreeOf } from './own-worktree.ts';
import { type Failure, runGit, succeeds, WITHOUT_HOOKS, type Worktree, zeroed } from './run.ts';
import { isAt } from './worktrees.ts';

/** Which submodules are initialised, and where their copies are, says one of the user's git folders; all, without one. */
type Source = { settings: string; modules: readonly string[] } | 'all';

const UPDATE = [...WITHOUT_HOOKS, 'submodule', 'update', '--checkout', '--quiet'];

/**
 * Checks out the submodules that the user's repository has initialised: from its own copy of them if that has
 * the commit, so that no network is needed, else from their URL. Throws `submodule-failed`.
 */
export async function checkOutSubmodules(repository: string, tree: string): Promise<void> {
  const homes = new Set([await gitDirectory(repository), await commonDirectory(repository)]);
  const modules = [...homes].map((each) => join(each, 'modules'));
  await fill(await worktreeOf(repository, tree), { settings: repository, modules }, true);
}

async function fill(worktree: Worktree, source: Source, isTop: boolean): Promise<void> {
  const modules = await submodulesIn(worktree);
  if (modules.length === 0) return;
  const isInitialised = source === 'all' ? () => true : await initialised(source.settings);
  for (const module of modules) {
    const isKnown = isInitialised(module.name);
    // At the top level git knows best which are active: the settings are the user's own.
    if (!isTop && !isKnown) continue;
    const inner = submoduleIn(worktree, module);
    await removeLinks(worktree.tree, module.path);
    const copy = source !== 'all' && isKnown ? await copyOf(module, source) : undefined;
    if (!(await isAt(inner, module.commit))) {
      // What is there may have been written by a container, and git would ask the `.git` in it.
      if (isSafeModuleName(module.name)) await clear(inner);
      if (copy) await cloneFrom(copy, inner, module);
      else
        await runGit(
          worktree,
          [...UPDATE, ...(isTop ? [] : ['--init']), '--', module.path],
          failed(module),
        );
    }
    if (!(await isAt(inner, module.commit))) continue;
    // If the user has no copy of a submodule, nothing states which nested ones are needed: check out all of them.
    await fill(inner, copy ? { settings: copy, modules: [join(copy, 'modules')] } : 'all', false);
  }
}

/**
 * No commit has a submodule behind a link, but a container can put one there: what is removed and created behind it
 * would be somebody else's.
 */
async function removeLinks(tree: string, path: string): Promise<void> {
  let at = tree;
  for (const part of path.split('/')) {
    at = join(at, part);
    const found = await lstat(at).catch(() => undefined);
    if (found?.isSymbolicLink()) await rm(at);
  }
}

async function clear({ tree, gitFolder }: Worktree): Promise<void> {
  await rm(tree, { recursive: true, force: true });
  await rm(gitFolder, { recursive: true, force: true });
  // One that is not checked out is an empty folder.
  await mkdir(tree, { recursive: true });
}

/** Which submodules the settings of a repository say are initialised. */
async function initialised(settings: string): Promise<(name: string) => boolean> {
  const read = (key: string, ...type: readonly string[]) =>
    runGit(settings, ['config', ...type, '-z', '--get-regexp', `^submodule\\..*\\.${key}$`]).catch(
      () => '',
    );
  return readSubmoduleSettings(await read('url'), await read('active', '--type=bool'));
}

/** The submodules of the commit that a worktree holds. */
async function submodulesIn(worktree: Worktree): Promise<Submodule[]> {
  if (!(await exists(join(worktree.tree, '.gitmodules')))) return [];
  const file = ['config', '--blob', 'HEAD:.gitmodules'];
  const get = [...file, '-z', '--get-regexp', '^submodule\\..*\\.path$'];
  const named = submodulePaths(await runGit(worktree, get).catch(() => ''));
  const paths = named.map((each) => each.path);
  if (paths.length === 0) return [];
  const list = ['--literal-pathspecs', 'ls-files', '--stage', '-z', '--', ...paths];
  return zeroed(await runGit(worktree, list)).flatMap((entry) => {
    const [, commit = '', path] = /^160000 (\w+) \d\t(.*)$/s.exec(entry) ?? [];
    const module = named.find((each) => each.path === path);
    return module ? [{ ...module, commit }] : [];
  });
}

/** The user's own copy of a submodule, if it has the commit. */
async function copyOf(
  { name, commit }: Submodule,
  { modules }: Exclude<Source, 'all'>,
): Promise<string | undefined> {
  if (!isSafeModuleName(name)) return undefined;
  for (const copy of modules.map((each) => join(each, name))) {
    if (!(await exists(join(copy, 'HEAD')))) continue;
    if (await succeeds(runGit(copy, ['cat-file', '-e', `${commit}^{commit}`]))) return copy;
  }
  return undefined;
}

async function cloneFrom(copy: string, worktree: Worktree, module: Submodule): Promise<void> {
  const { tree, gitFolder } = worktree;
  // Where git itself keeps it: removed with the worktree, and not part of what is built.
  await mkdir(dirname(gitFolder), { recursive: true });
  const failure = failed(module);
  const clone = ['clone', '--quiet', '--shared', '--no-checkout'];
  const ends = [`--separate-git-dir=${gitFolder}`, '--', copy, tree];
  await runGit(copy, [...WITHOUT_HOOKS, ...clone, ...ends], failure);
  const checkout = ['checkout', '--quiet', '--force', '--detach', module.commit];
  await runGit(worktree, [...WITHOUT_HOOKS, ...checkout], failure);
  // A nested submodule may have a URL relative to this one.
  const url = await runGit(copy, ['config', '--get', 'remote.origin.url']).catch(() => '');
  if (url) await runGit(worktree, ['config', '--', 'remote.origin.url', url.trimEnd()]);
}

function failed({ path }: Submodule): Failure {
  return {
    code: 'submodule-failed',
    message: `The submodule ${path} could not be checked out.`,
    hint: 'Run `git submodule update --init` in your working tree; canary copies submodules from there.',
  };
}
