import { join } from 'node:path';
import { CanaryError } from '../../errors.ts';
import { lstat, mkdir, readFile, rm } from '../disk.ts';
import { exists, writeDurably } from '../files.ts';
import { resolve } from './history.ts';
import { commonDirectory } from './location.ts';
import { runGit, WITHOUT_HOOKS, zeroed } from './run.ts';
import { removeWorktree } from './worktrees.ts';

/**
 * Checks out a commit, on no branch, in a folder that may already hold the user's files, such as `.env`.
 * Identical files stay as they are; throws `local-changes-in-the-way` with every other one, and nothing changed.
 * If it is cut off anywhere, it can be done again, with another commit too.
 */
export async function checkOutAround(
  directory: string,
  folder: string,
  commit: string,
): Promise<void> {
  const scratch = join(await commonDirectory(directory), 'canary', 'checkout');
  await rm(scratch, { recursive: true, force: true });
  const isLinked = await exists(join(folder, '.git'));
  // Before anything is added: if a cut left git with the wrong path, git would give that entry away. Problems of
  // other worktrees make it fail too, and do not matter here.
  const repair = () => runGit(directory, ['worktree', 'repair', folder]).catch(() => undefined);
  if (isLinked) await repair();
  else await mkdir(folder, { recursive: true });
  const from = isLinked ? await resolve(folder, 'HEAD') : undefined;
  // Forced twice: an entry that a killed process left is locked.
  const add = ['worktree', 'add', '--force', '--force', '--detach', '--no-checkout'];
  await runGit(directory, [...WITHOUT_HOOKS, ...add, '--', scratch, commit]);
  try {
    await refuseInTheWay(scratch, folder, from, commit);
  } catch (error) {
    await removeWorktree(directory, scratch);
    throw error;
  }
  if (isLinked) await removeWorktree(directory, scratch);
  else {
    // git creates worktrees only in empty folders: this one is created elsewhere, then moved here by its `.git` file.
    const link = await readFile(join(scratch, '.git'), 'utf8');
    await writeDurably(join(folder, '.git'), link, 0o644);
    await repair();
    await rm(scratch, { recursive: true });
  }
  await runGit(folder, ['read-tree', from ?? commit]);
  await runGit(folder, ['update-index', '-q', '--refresh']);
  await runGit(folder, ['read-tree', '--reset', '-u', '--no-recurse-submodules', commit]);
  // Last, and without a branch: until here a second try must know what was there before.
  await runGit(folder, ['update-ref', '--no-deref', '-m', 'canary', 'HEAD', commit]);
}

async function refuseInTheWay(
  scratch: string,
  folder: string,
  from: string | undefined,
  to: string,
): Promise<void> {
  const wanted = await compare(scratch, folder, to);
  // What an earlier, unfinished push wrote is not the user's.
  const before = from && from !== to ? await compare(scratch, folder, from) : NOTHING;
  const isOurs = (path: string) => before.paths.has(path) && !before.differing.has(path);
  const inTheWay = [
    ...[...wanted.differing].filter((path) => !isOurs(path)),
    ...[...before.differing].filter((path) => !wanted.paths.has(path)),
  ];
  if (inTheWay.length === 0) return;
  throw new CanaryError(
    'local-changes-in-the-way',
    `Files in ${folder} differ from the pushed ones.`,
    {
      details: inTheWay.sort(),
      hint: 'Move them away, or commit and push them. Nothing was changed.',
    },
  );
}

/** How a folder compares with a commit. */
interface CheckoutDifference {
  /** Everything the commit has. */
  paths: ReadonlySet<string>;
  /** What exists in the folder and differs. */
  differing: ReadonlySet<string>;
}

const NOTHING: CheckoutDifference = { paths: new Set(), differing: new Set() };

/** With a separate index: production's stays as it is until nothing is known to be in the way. */
async function compare(
  scratch: string,
  folder: string,
  commit: string,
): Promise<CheckoutDifference> {
  const ask = (...args: string[]) => runGit(scratch, [`--work-tree=${folder}`, ...args]);
  const differences = async (filter: string) => {
    const flags = ['--no-relative', '--name-only', `--diff-filter=${filter}`, '-z'];
    return zeroed(await ask('diff-files', ...flags));
  };
  await ask('read-tree', commit);
  await ask('update-index', '-q', '--refresh');
  const listed = await ask('ls-tree', '-r', '-z', '--name-only', '--full-tree', commit);
  const differing = new Set(await differences('MT'));
  for (const path of await differences('D')) {
    if (await isObstructed(folder, path)) differing.add(path);
  }
  return { paths: new Set(zeroed(listed)), differing };
}

/** Whether something that belongs to no commit is in the place of a missing file, or above it. */
async function isObstructed(folder: string, path: string): Promise<boolean> {
  let place = folder;
  for (const part of path.split('/')) {
    place = join(place, part);
    const found = await lstat(place).catch(() => undefined);
    if (!found) return false;
    if (!found.isDirectory()) return true;
  }
  return true;
}
