import { lstat, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryError } from '../../errors.ts';
import { exists, writeDurably } from '../files.ts';
import { resolve } from './history.ts';
import { commonDirectory } from './location.ts';
import { runGit, WITHOUT_HOOKS, zeroed } from './run.ts';
import { removeWorktree } from './worktrees.ts';

/**
 * Checks a commit out, on no branch, in a folder that may hold files of the user's already, such as `.env`.
 * Identical files stay as they are; throws `local-changes-in-the-way` with every other one, and nothing changed.
 * After a cut anywhere it can be done again, with another commit too.
 */
export async function checkOutAround(
  directory: string,
  folder: string,
  commit: string,
): Promise<void> {
  const scratch = join(await commonDirectory(directory), 'canary', 'checkout');
  await rm(scratch, { recursive: true, force: true });
  const isLinked = await exists(join(folder, '.git'));
  // Before anything is added: where a cut left git with the wrong path, it would give that entry away. What is
  // wrong with other worktrees makes it fail too, and is not our matter.
  const repair = () => runGit(directory, ['worktree', 'repair', folder]).catch(() => undefined);
  if (isLinked) await repair();
  else await mkdir(folder, { recursive: true });
  const from = isLinked ? await resolve(folder, 'HEAD') : undefined;
  // Twice forced: an entry that a killed process left is locked.
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
    // git makes worktrees in empty folders only: this one is made beside, then says that it is here.
    await writeDurably(join(folder, '.git'), await readFile(join(scratch, '.git'), 'utf8'));
    await repair();
    await rm(scratch, { recursive: true });
  }
  await runGit(folder, ['read-tree', from ?? commit]);
  await runGit(folder, ['update-index', '-q', '--refresh']);
  await runGit(folder, ['read-tree', '--reset', '-u', '--no-recurse-submodules', commit]);
  // Last, and past any branch: until here a second try has to know what was there before.
  await runGit(folder, ['update-ref', '--no-deref', '-m', 'canary', 'HEAD', commit]);
}

async function refuseInTheWay(
  scratch: string,
  folder: string,
  from: string | undefined,
  to: string,
): Promise<void> {
  const wanted = await compare(scratch, folder, to);
  // What an earlier push that did not come to its end wrote is not the user's.
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
  /** What lies there and is something else. */
  differing: ReadonlySet<string>;
}

const NOTHING: CheckoutDifference = { paths: new Set(), differing: new Set() };

/** With an index of its own: until all is known to be free, production's stays as it is. */
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

/** Whether something that is no part of any commit lies where a file is missing, or above it. */
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
