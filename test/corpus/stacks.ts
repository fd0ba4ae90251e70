import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One stack of the folder, as described by its row of INDEX.tsv. */
export interface Stack {
  name: string;
  /** The compose files, relative to the stack's folder; then their arguments. */
  files: readonly string[];
  args: readonly string[];
  /** The services that one would want a canary of. */
  targets: readonly string[];
}

/** Every stack of a folder with an INDEX.tsv; unknown columns are ignored. */
export async function readStacks(folder: string): Promise<Stack[]> {
  const [head = '', ...rows] = (await readFile(join(folder, 'INDEX.tsv'), 'utf8'))
    .trim()
    .split('\n');
  const columns = head.split('\t');
  return Promise.all(
    rows.map(async (row) => {
      const cells = row.split('\t');
      const cell = (column: string) => cells[columns.indexOf(column)] ?? '';
      const name = cell('dir');
      const listed = await readFile(join(folder, name, 'ENTRIES.txt'), 'utf8').catch(
        () => undefined,
      );
      const targets = [...cell('clone_targets').split(','), ...cell('web_service').split(',')];
      return {
        name,
        files: words(listed ?? cell('entry_files')),
        args: words(cell('compose_args')).filter((word) => word !== '-'),
        targets: [...new Set(targets.filter((target) => target !== '' && target !== '-'))],
      };
    }),
  );
}

/** As many of a list as a variable of the environment says, spread over its whole length; all without it. */
export function sampleOf<Item>(items: readonly Item[], variable: string): Item[] {
  const most = Number(process.env[variable] ?? items.length);
  const step = Math.max(1, items.length / most);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** The compose files in `rejected/` of a folder. */
export async function readRejected(folder: string): Promise<string[]> {
  const home = join(folder, 'rejected');
  const paths = await readdir(home, { recursive: true }).catch(() => []);
  return paths.filter((path) => /compose.*\.ya?ml$/.test(path)).sort();
}

/** A copy of a folder as a repository with one commit; removed when the work is done. */
export async function inCopy<Result>(
  folder: string,
  work: (copy: string) => Promise<Result>,
): Promise<Result> {
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'canary-corpus-')));
  try {
    await cp(folder, copy, { recursive: true, verbatimSymlinks: true });
    await makeWritable(copy);
    const git = (...args: string[]) => run('git', args, { cwd: copy });
    await git('init', '--quiet', '--initial-branch=main');
    await git('config', 'user.name', 'Ada');
    await git('config', 'user.email', 'ada@example.com');
    await git('add', '--all', '--force');
    await git('commit', '--quiet', '--message', 'The stack');
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true, maxRetries: 20 });
  }
}

/** The folder of a stack's project: that of its first file. */
export function projectFolder(copy: string, stack: Stack): string {
  return dirname(join(copy, stack.files[0] ?? ''));
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
