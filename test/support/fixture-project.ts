import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);

export type Files = Readonly<Record<string, string>>;

export const COMPOSE = `name: shop
services:
  frontend:
    build: ./frontend
    ports: ["3000:80"]
    environment:
      DISCOUNTS_URL: http://discounts:5001
  discounts:
    build: ./discounts
    expose: ["5001"]
    depends_on: [db]
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: hunter2
`;

export const CANARY = `version: 1
services:
  frontend: { entry: 3000, preview: 13000 }
  discounts: {}
`;

/** What a person who wants a canary has: a compose file, code, and canary.yaml. */
export const SHOP_FILES: Files = {
  'docker-compose.yml': COMPOSE,
  'canary.yaml': CANARY,
  'frontend/Dockerfile': 'FROM scratch\n',
  'discounts/Dockerfile': 'FROM scratch\n',
};

/** Written as `git config` would write it, without a process per line: hundreds of tests create a repository. */
const AUTHOR = `[user]
\tname = Ada
\temail = ada@example.com
[commit]
\tgpgSign = false
`;

/** The folders of a group of tests, while it creates them. */
let shared: string[] | undefined;

/** An empty folder that is removed after the test. */
export async function emptyFolder(): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'canary-fixture-')));
  if (shared) shared.push(directory);
  else onTestFinished(() => remove(directory));
  return directory;
}

/** For `beforeAll`: creates what a group of tests shares, and returns the function that removes it at the end. */
export async function shareFolders(make: () => Promise<void>): Promise<() => Promise<void>> {
  const folders: string[] = [];
  shared = folders;
  try {
    await make();
  } finally {
    shared = undefined;
  }
  return async () => void (await Promise.all(folders.map(remove)));
}

/** A git process that a test ended early may still be writing. */
function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 20 });
}

export async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

/** A named pipe: its reader waits until something is written. */
export async function pipe(): Promise<string> {
  const path = join(await emptyFolder(), 'pipe');
  await run('mkfifo', [path]);
  return path;
}

/** Runs git in a folder and returns its output. */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: directory });
  return stdout.trimEnd();
}

/** A repository whose branch `main` contains the files. */
export async function repository(files: Files = SHOP_FILES): Promise<string> {
  const directory = await emptyFolder();
  await git(directory, 'init', '--quiet', '--initial-branch=main');
  await appendFile(join(directory, '.git', 'config'), AUTHOR);
  await writeFiles(directory, files);
  await git(directory, 'add', '--all');
  await git(directory, 'commit', '--quiet', '--allow-empty', '--message', 'The shop');
  return directory;
}

/** Creates a branch with one commit that writes files, and switches back. Returns the commit. */
export async function branch(directory: string, name: string, files: Files): Promise<string> {
  const home = await git(directory, 'branch', '--show-current');
  await git(directory, 'switch', '--quiet', '--create', name);
  await writeFiles(directory, files);
  await git(directory, 'add', '--all');
  await git(directory, 'commit', '--quiet', '--allow-empty', '--message', `Work on ${name}`);
  const commit = await git(directory, 'rev-parse', 'HEAD');
  await git(directory, 'switch', '--quiet', home);
  return commit;
}

/** Every file of a folder with a digest of its bytes, including git's own files. */
export async function fingerprint(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const digests = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const content = entry.isSymbolicLink() ? await readlink(path) : await readFile(path);
        const digest = createHash('sha256').update(content).digest('hex');
        return [path.slice(directory.length + 1), digest] as const;
      }),
  );
  return Object.fromEntries(digests.sort(([left], [right]) => (left < right ? -1 : 1)));
}

export interface UserState {
  parts: Readonly<Record<string, unknown>>;
  refs: Readonly<Record<string, string>>;
}

/**
 * The user's part of a working tree, byte by byte: files, index, HEAD, stash, settings, worktrees; and every ref.
 * A bare repository has no files and no index.
 */
export async function userState(directory: string): Promise<UserState> {
  const ask = (...questions: string[]) =>
    git(directory, 'rev-parse', '--path-format=absolute', ...questions);
  const [answers, refs, worktrees] = await Promise.all([
    ask('--git-dir', '--git-common-dir', '--is-inside-work-tree'),
    git(directory, 'for-each-ref', '--format=%(refname) %(objectname)'),
    git(directory, 'worktree', 'list', '--porcelain'),
  ]);
  const [own = '', common = '', isInTree] = answers.split('\n');
  const files =
    isInTree === 'true' ? Object.entries(await fingerprint(await ask('--show-toplevel'))) : [];
  const bytes = (path: string) =>
    readFile(path).then(
      (content) => createHash('sha256').update(content).digest('hex'),
      () => 'absent',
    );
  return {
    parts: {
      files: files.filter(([path]) => !path.startsWith('.git/')),
      index: await bytes(join(own, 'index')),
      head: await readFile(join(own, 'HEAD'), 'utf8'),
      headLog: await bytes(join(own, 'logs', 'HEAD')),
      stash: await bytes(join(common, 'logs', 'refs', 'stash')),
      config: await bytes(join(common, 'config')),
      worktrees,
    },
    refs: Object.fromEntries(refs.split('\n').map((line) => line.split(' '))),
  };
}

/** The same except for one ref. */
export function stateBut({ parts, refs }: UserState, ref: string): UserState {
  return { parts, refs: Object.fromEntries(Object.entries(refs).filter(([name]) => name !== ref)) };
}
