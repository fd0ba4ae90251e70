import { lines, type Place, runGit, succeeds, zeroed } from './run.ts';

export async function currentBranch(directory: string): Promise<string | undefined> {
  return (await runGit(directory, ['branch', '--show-current'])).trim() || undefined;
}

/** The commit a full ref or expression names, or `undefined`. */
export async function resolve(place: Place, expression: string): Promise<string | undefined> {
  const flags = ['--verify', '--quiet', '--end-of-options'];
  const args = ['rev-parse', ...flags, `${expression}^{commit}`];
  return (await runGit(place, args).catch(() => '')).trim() || undefined;
}

export async function localBranches(directory: string): Promise<string[]> {
  const args = ['for-each-ref', '--format=%(refname:short)', 'refs/heads'];
  return lines(await runGit(directory, args));
}

export async function subject(directory: string, commit: string): Promise<string> {
  const log = ['log', '-1', '--no-show-signature', '--format=%s'];
  return (await runGit(directory, [...log, commit])).trim();
}

export async function mergeBase(
  directory: string,
  left: string,
  right: string,
): Promise<string | undefined> {
  const found = await runGit(directory, ['merge-base', left, right]).catch(() => '');
  return found.trim() || undefined;
}

export async function isAncestor(
  directory: string,
  ancestor: string,
  commit: string,
): Promise<boolean> {
  return (await mergeBase(directory, ancestor, commit)) === ancestor;
}

/** Commits after `from` up to `to`, newest first. */
export async function commitsBetween(
  directory: string,
  from: string,
  to: string,
): Promise<{ commit: string; isMerge: boolean }[]> {
  const listed = await runGit(directory, ['rev-list', '--parents', `${from}..${to}`]);
  return lines(listed).map((line) => {
    const [commit = '', ...parents] = line.split(' ');
    return { commit, isMerge: parents.length > 1 };
  });
}

/** Paths that differ between two commits; `only`: only some kinds (git-diff(1), "--diff-filter"). */
export async function changedPaths(
  directory: string,
  from: string,
  to: string,
  only?: string,
): Promise<string[]> {
  const flags = ['--name-only', '--no-renames', ...(only ? [`--diff-filter=${only}`] : []), '-z'];
  return zeroed(await runGit(directory, ['diff', ...flags, from, to]));
}

/** Whether two commits hold the same files. */
export async function sameTree(directory: string, left: string, right: string): Promise<boolean> {
  const trees = [`${left}^{tree}`, `${right}^{tree}`];
  const [first, second] = lines(await runGit(directory, ['rev-parse', ...trees]));
  return first === second;
}

/** The files that a working tree tracks under a path, those of submodules too. */
export async function trackedFiles(tree: Place, path: string): Promise<string[]> {
  return listFiles(tree, ['--recurse-submodules'], path);
}

/** What git does not track under a path of a working tree, ignored or not; whole folders end in `/`. */
export async function untrackedFiles(tree: string, path: string): Promise<string[]> {
  return listFiles(tree, ['--others', '--directory', '--no-empty-directory'], path);
}

async function listFiles(tree: Place, flags: readonly string[], path: string): Promise<string[]> {
  const args = ['ls-files', ...flags, '-z', '--', path];
  return zeroed(await runGit(tree, ['--literal-pathspecs', ...args]));
}

/** Whether git ignores a file that is new in a folder, whatever it is called. */
export async function ignoresNew(tree: string, folder: string): Promise<boolean> {
  const args = ['check-ignore', '--quiet', '--no-index', '--', `${folder}/canary-new-file`];
  return succeeds(runGit(tree, args));
}

/** The text of a file at a commit, or `undefined`. */
export function fileAt(
  directory: string,
  commit: string,
  path: string,
): Promise<string | undefined> {
  // As it is, its last line break too: it may be written back.
  return runGit(directory, ['show', `${commit}:${path}`]).catch(() => undefined);
}

/** A line with git's version. */
export async function version(): Promise<string> {
  return (await runGit(process.cwd(), ['--version'])).trim();
}
