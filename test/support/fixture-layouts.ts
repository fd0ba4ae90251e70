import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  branch,
  copyOf,
  emptyFolder,
  git,
  repository,
  SHOP_FILES,
  writeFiles,
} from './fixture-project.ts';

/** A place from which a person may run canary: a folder, in a repository with a branch `canary`. */
export type Layout = () => Promise<string>;

const FILES = { ...SHOP_FILES, 'price.txt': 'one\ntwo\nthree\n', 'kept.txt': 'old\n' };

async function shop(files = FILES): Promise<string> {
  const folder = await repository(files);
  await branch(folder, 'canary', { 'cheaper.txt': 'half\n' });
  return folder;
}

/** Every kind of local work a user may have. */
async function soil(folder: string): Promise<string> {
  await writeFiles(folder, { 'stashed.txt': 'for later\n' });
  await git(folder, 'stash', 'push', '--include-untracked', '--quiet');
  await writeFiles(folder, { 'staged.txt': 'staged\n', 'kept.txt': 'staged\n' });
  await git(folder, 'add', 'staged.txt', 'kept.txt');
  await writeFiles(folder, { 'kept.txt': 'unstaged\n', 'untracked.txt': 'untracked\n' });
  return folder;
}

async function bare(): Promise<string> {
  const home = await emptyFolder();
  await git(home, 'clone', '--quiet', '--bare', await shop(), 'shop.git');
  const folder = join(home, 'shop.git');
  await git(folder, 'remote', 'remove', 'origin');
  await git(folder, 'config', 'user.name', 'Ada');
  await git(folder, 'config', 'user.email', 'ada@example.com');
  return folder;
}

/** A shop with a submodule `lib`, initialised, whose URL no longer works. */
export function withSubmodule(): Promise<string> {
  return copyOf('shop with a submodule', makeWithSubmodule);
}

async function makeWithSubmodule(): Promise<string> {
  const library = await repository({ 'lib.txt': 'library\n' });
  const folder = await shop();
  const add = ['submodule', '--quiet', 'add', '--name', 'the lib', library, 'lib dir'];
  await git(folder, '-c', 'protocol.file.allow=always', ...add);
  await git(folder, 'commit', '--quiet', '--message', 'A library');
  await git(folder, 'branch', '--force', 'canary', 'HEAD');
  await rm(library, { recursive: true });
  return folder;
}

const POINTER =
  'version https://git-lfs.github.com/spec/v1\noid sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nsize 12\n';

/** A file in Large File Storage, as git keeps it. */
export const POINTER_FILES = { '.gitattributes': '*.bin filter=lfs -text\n', 'big.bin': POINTER };

/** A shop with an LFS pointer; with a filter like that of git-lfs, the working tree has the content instead. */
export async function withPointer(hasFilter: boolean): Promise<string> {
  const folder = await shop({ ...FILES, ...POINTER_FILES });
  if (!hasFilter) return folder;
  const scripts = await emptyFolder();
  await writeFiles(scripts, {
    smudge: `#!/bin/sh\nif head -1 | grep -q git-lfs; then echo 'the content'; fi\n`,
    clean: `#!/bin/sh\ncat >/dev/null\nprintf '%s' '${POINTER.trimEnd()}'; echo\n`,
  });
  for (const name of ['smudge', 'clean']) {
    await chmod(join(scripts, name), 0o755);
    await git(folder, 'config', `filter.lfs.${name}`, join(scripts, name));
  }
  await git(folder, 'config', 'filter.lfs.required', 'true');
  await rm(join(folder, 'big.bin'));
  await git(folder, 'checkout', '--quiet', '--', 'big.bin');
  return folder;
}

export const LAYOUTS = {
  'a tree with staged, unstaged, untracked and stashed work': async () => soil(await shop()),
  'a detached HEAD': async () => {
    const folder = await shop();
    await git(folder, 'checkout', '--quiet', '--detach');
    return soil(folder);
  },
  'untracked files in the way of the branch': async () => {
    const folder = await shop();
    await writeFiles(folder, { 'cheaper.txt': 'mine\n', 'new.txt': 'mine too\n' });
    return folder;
  },
  'a submodule': async () => soil(await withSubmodule()),
  'a submodule that git commands recurse into': async () => {
    const folder = await withSubmodule();
    await git(folder, 'config', 'submodule.recurse', 'true');
    return folder;
  },
  'a pointer of LFS': () => withPointer(false),
  'a pointer of LFS and its filter': () => withPointer(true),
  'a bare repository': bare,
  'a worktree of a bare repository': async () => {
    const main = await bare();
    const folder = join(main, '..', 'work');
    await git(main, 'worktree', 'add', '--quiet', folder, 'main');
    return soil(folder);
  },
  'a folder of a monorepo': async () => {
    const inShop = Object.entries(FILES).map(([path, text]) => [`shops/one/${path}`, text]);
    const folder = await shop({ ...FILES, ...Object.fromEntries(inShop) });
    return join(await soil(folder), 'shops', 'one');
  },
  'a path with spaces and letters of every kind': async () => {
    const folder = join(await emptyFolder(), 'mein Läden ☕ "x"');
    await git('/', 'clone', '--quiet', await shop(), folder);
    await git(folder, 'branch', '--quiet', 'canary', 'origin/canary');
    await git(folder, 'remote', 'remove', 'origin');
    await git(folder, 'config', 'user.name', 'Ada');
    await git(folder, 'config', 'user.email', 'ada@example.com');
    await writeFiles(folder, { 'ünversioniert .txt': 'x\n' });
    return soil(folder);
  },
} satisfies Readonly<Record<string, Layout>>;

export type LayoutName = keyof typeof LAYOUTS;
