import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
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

/** A folder in memory: paths from it, those of folders with a slash at their end. */
type Image = ReadonlyMap<string, { bytes: Buffer; mode: number } | undefined>;

/** Repositories by their files. Most tests begin with one that another began with: git makes each once. */
const images = new Map<string, Image>();

async function imageOf(directory: string): Promise<Image> {
  const image = new Map<string, { bytes: Buffer; mode: number } | undefined>();
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(directory.length + 1);
    if (entry.isDirectory()) image.set(`${name}/`, undefined);
    else if (!name.endsWith('.sample'))
      image.set(name, { bytes: await readFile(path), mode: (await stat(path)).mode });
  }
  return image;
}

async function writeImage(directory: string, image: Image): Promise<void> {
  for (const [name, file] of image) {
    const path = join(directory, name);
    if (!file) await mkdir(path, { recursive: true });
    else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.bytes);
      await chmod(path, file.mode);
    }
  }
}

async function restored(directory: string, key: string): Promise<boolean> {
  const image = images.get(key);
  if (!image) return false;
  await writeImage(directory, image);
  // The index knows the files of the first one.
  await git(directory, 'update-index', '-q', '--refresh');
  return true;
}

/** A copy of a repository that takes many calls of git to make, and has no path of its own in it. */
export async function copyOf(name: string, make: () => Promise<string>): Promise<string> {
  const key = `the ${name}`;
  if (!images.has(key)) images.set(key, await imageOf(await make()));
  const directory = await emptyFolder();
  await restored(directory, key);
  return directory;
}

async function initialised(directory: string): Promise<void> {
  const image = images.get('');
  if (image) return writeImage(directory, image);
  await git(directory, 'init', '--quiet', '--initial-branch=main');
  await appendFile(join(directory, '.git', 'config'), AUTHOR);
  images.set('', await imageOf(directory));
}

/** A repository whose branch `main` contains the files. */
export async function repository(files: Files = SHOP_FILES): Promise<string> {
  const directory = await emptyFolder();
  const key = JSON.stringify(files);
  if (await restored(directory, key)) return directory;
  await initialised(directory);
  await writeFiles(directory, files);
  await git(directory, 'add', '--all');
  await git(directory, 'commit', '--quiet', '--allow-empty', '--message', 'The shop');
  images.set(key, await imageOf(directory));
  return directory;
}

/** Creates a branch with one commit on top of HEAD that writes files, without a checkout. Returns the commit. */
export async function branch(directory: string, name: string, files: Files): Promise<string> {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const written = Object.entries(files).map(
    ([path, text]) => `M 100644 inline ${path}\n${data(text)}`,
  );
  const message = data(`Work on ${name}\n`);
  const head = `commit refs/heads/${name}\nmark :1\ncommitter Ada <ada@example.com> now\n${message}`;
  const importing = run(
    'git',
    // One process: it would start another to unpack the objects.
    ['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet', '--date-format=now'],
    { cwd: directory },
  );
  importing.child.stdin?.end(`${head}from HEAD^0\n${written.join('')}get-mark :1\n`);
  return (await importing).stdout.trim();
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
  const [{ own, common, top }, refs, worktrees] = await Promise.all([
    placesOf(directory),
    git(directory, 'for-each-ref', '--format=%(refname) %(objectname)'),
    git(directory, 'worktree', 'list', '--porcelain'),
  ]);
  const files = top === undefined ? [] : Object.entries(await fingerprint(top));
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

interface Places {
  /** The git folder, of the working tree and of all. */
  own: string;
  common: string;
  /** The top of the working tree; none if bare. */
  top: string | undefined;
}

/** Asked once: a test takes the state of one folder several times. */
const places = new Map<string, Places>();

async function placesOf(directory: string): Promise<Places> {
  const known = places.get(directory);
  if (known) return known;
  const ask = (...questions: string[]) =>
    git(directory, 'rev-parse', '--path-format=absolute', ...questions);
  const answers = await ask('--git-dir', '--git-common-dir', '--is-inside-work-tree');
  const [own = '', common = '', isInTree] = answers.split('\n');
  const top = isInTree === 'true' ? await ask('--show-toplevel') : undefined;
  places.set(directory, { own, common, top });
  return { own, common, top };
}

/** The same except for one ref. */
export function stateBut({ parts, refs }: UserState, ref: string): UserState {
  return { parts, refs: Object.fromEntries(Object.entries(refs).filter(([name]) => name !== ref)) };
}
