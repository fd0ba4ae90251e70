import { dirname, join } from 'node:path';
import {
  isSafeModuleName,
  readSubmoduleSettings,
  type Submodule,
  submodulePaths,
} from '../../git/submodules.ts';
import { mkdir, rm } from '../disk.ts';
import { exists } from '../files.ts';
import { commonDirectory, gitDirectory } from './location.ts';
import { type Failure, runGit, succeeds, WITHOUT_HOOKS, zeroed } from './run.ts';
import { holds } from './worktrees.ts';

/** One of the user's git folders: its settings state which submodules are initialised and where their copies are. */
interface Source {
  settings: string;
  modules: readonly string[];
}

const UPDATE = [...WITHOUT_HOOKS, 'submodule', 'update', '--checkout', '--quiet'];

/**
 * Checks out the submodules that the user's repository has initialised: from its own copy of them if that has
 * the commit, so that no network is needed, else from their URL. Throws `submodule-failed`.
 */
export async function checkOutSubmodules(repository: string, tree: string): Promise<void> {
  const homes = new Set([await gitDirectory(repository), await commonDirectory(repository)]);
  const modules = [...homes].map((each) => join(each, 'modules'));
  await fill(tree, { settings: repository, modules }, true);
}

async function fill(tree: string, source: Source, isTop: boolean): Promise<void> {
  const modules = await submodulesIn(tree);
  if (modules.length === 0) return;
  const isInitialised = await initialised(source.settings);
  for (const module of modules) {
    const path = join(tree, module.path);
    const copy = isInitialised(module.name) ? await copyOf(module, source) : undefined;
    if (copy) {
      await cloneFrom(copy, tree, module);
      await fill(path, { settings: copy, modules: [join(copy, 'modules')] }, false);
    } else if (isTop || isInitialised(module.name)) {
      // At the top level git knows best which are active: the settings are the user's own.
      const init = isTop ? [] : ['--init'];
      await runGit(tree, [...UPDATE, ...init, '--', module.path], failed(module));
      // If the user has no copy of a submodule, nothing states which nested ones are needed: check out all of them.
      if (await holds(path, module.commit))
        await runGit(path, [...UPDATE, '--init', '--recursive'], failed(module));
    }
  }
}

/** Which submodules the settings of a repository say are initialised. */
async function initialised(settings: string): Promise<(name: string) => boolean> {
  const read = (key: string, ...type: readonly string[]) =>
    runGit(settings, ['config', ...type, '-z', '--get-regexp', `^submodule\\..*\\.${key}$`]).catch(
      () => '',
    );
  return readSubmoduleSettings(await read('url'), await read('active', '--type=bool'));
}

/** The submodules of the commit that a tree holds. */
async function submodulesIn(tree: string): Promise<Submodule[]> {
  if (!(await exists(join(tree, '.gitmodules')))) return [];
  const get = ['config', '--file', '.gitmodules', '-z', '--get-regexp', '^submodule\\..*\\.path$'];
  const named = submodulePaths(await runGit(tree, get).catch(() => ''));
  const paths = named.map((each) => each.path);
  if (paths.length === 0) return [];
  const list = ['--literal-pathspecs', 'ls-files', '--stage', '-z', '--', ...paths];
  return zeroed(await runGit(tree, list)).flatMap((entry) => {
    const [, commit = '', path] = /^160000 (\w+) \d\t(.*)$/s.exec(entry) ?? [];
    const module = named.find((each) => each.path === path);
    return module ? [{ ...module, commit }] : [];
  });
}

/** The user's own copy of a submodule, if it has the commit. */
async function copyOf({ name, commit }: Submodule, source: Source): Promise<string | undefined> {
  if (!isSafeModuleName(name)) return undefined;
  for (const copy of source.modules.map((modules) => join(modules, name))) {
    if (!(await exists(join(copy, 'HEAD')))) continue;
    if (await succeeds(runGit(copy, ['cat-file', '-e', `${commit}^{commit}`]))) return copy;
  }
  return undefined;
}

async function cloneFrom(copy: string, tree: string, module: Submodule): Promise<void> {
  const path = join(tree, module.path);
  if (await holds(path, module.commit)) return;
  // Where git itself keeps it: removed with the worktree, and not part of what is built.
  const home = join(await gitDirectory(tree), 'modules', module.name);
  await rm(path, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
  await mkdir(dirname(home), { recursive: true });
  const failure = failed(module);
  const clone = ['clone', '--quiet', '--shared', '--no-checkout', `--separate-git-dir=${home}`];
  await runGit(tree, [...WITHOUT_HOOKS, ...clone, '--', copy, path], failure);
  const checkout = ['checkout', '--quiet', '--force', '--detach', module.commit];
  await runGit(path, [...WITHOUT_HOOKS, ...checkout], failure);
  // A nested submodule may have a URL relative to this one.
  const url = await runGit(copy, ['config', '--get', 'remote.origin.url']).catch(() => '');
  if (url) await runGit(path, ['config', '--', 'remote.origin.url', url.trimEnd()]);
}

function failed({ path }: Submodule): Failure {
  return {
    code: 'submodule-failed',
    message: `The submodule ${path} could not be checked out.`,
    hint: 'Run `git submodule update --init` in your working tree; canary copies submodules from there.',
  };
}
