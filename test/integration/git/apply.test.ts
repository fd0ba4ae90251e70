import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { applyPatches } from '../../../src/project/git/apply-patches.ts';
import { loadProject } from '../../../src/project/load.ts';
import { contextIn } from '../../support/fixture-context.ts';
import {
  branch,
  emptyFolder,
  fingerprint,
  git,
  repository,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

let folder: string;
let outside: string;

/** A shop whose branch `cheaper` gets patches, with local work of the user. */
beforeEach(async () => {
  folder = await repository();
  outside = await emptyFolder();
  await branch(folder, 'cheaper', { 'price.txt': 'one\ntwo\nthree\n' });
  await writeFiles(folder, { 'stashed.txt': 'for later\n' });
  await git(folder, 'stash', 'push', '--include-untracked', '--quiet');
  await writeFiles(folder, { 'staged.txt': 'staged\n', 'untracked.txt': 'untracked\n' });
  await git(folder, 'add', 'staged.txt');
});

async function apply(patches: readonly string[], message?: string): Promise<string> {
  const context = contextIn(folder);
  const from = await git(folder, 'rev-parse', 'cheaper');
  return applyPatches(context, await loadProject(context), {
    branch: 'cheaper',
    ref: 'refs/heads/cheaper',
    from,
    patches,
    message,
  });
}

/** A mail patch that sets the price, made in a copy so that nothing here changes. */
async function mail(price: string, from = 'one'): Promise<string> {
  const copy = await emptyFolder();
  await git(copy, 'clone', '--quiet', '--branch', 'cheaper', folder, 'work');
  const work = join(copy, 'work');
  await writeFiles(work, { 'price.txt': `${from}\ntwo\nthree\n` });
  await git(work, ...AS_GRACE, 'commit', '--quiet', '--allow-empty', '--all', '-m', 'Before');
  await writeFiles(work, { 'price.txt': `${price}\ntwo\nthree\n` });
  const date = '2024-02-29T12:34:56+02:00';
  const message = `Price ${price}\n\nBecause it can be.`;
  await git(work, ...AS_GRACE, 'commit', '--quiet', '--all', '--date', date, '-m', message);
  const path = join(outside, `${price}.patch`);
  await git(work, 'format-patch', '--quiet', '-1', '--output', path);
  return path;
}

const AS_GRACE = ['-c', 'user.name=Grace Höpper', '-c', 'user.email=grace@example.com'];

async function diff(name: string, content: string): Promise<string> {
  const path = join(outside, name);
  await writeFiles(outside, { [name]: content });
  return path;
}

const ADDS_FILE =
  'diff --git a/new.txt b/new.txt\nnew file mode 100644\n--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+new\n';
const CHANGES_TWO =
  'diff --git a/price.txt b/price.txt\n--- a/price.txt\n+++ b/price.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n';

/** Everything of the user that applying must leave alone, except the branch itself. */
async function userState() {
  const state = {
    head: await git(folder, 'symbolic-ref', 'HEAD'),
    index: await git(folder, 'ls-files', '--stage'),
    status: await git(folder, 'status', '--porcelain'),
    stash: await git(folder, 'stash', 'list', '--format=%H'),
    main: await git(folder, 'rev-parse', 'main'),
    worktrees: await git(folder, 'worktree', 'list'),
  };
  return state;
}

describe('patches that apply', () => {
  test('a mail keeps its author, date and message', async () => {
    const before = await userState();
    const commit = await apply([await mail('half')]);
    expect(await git(folder, 'log', '-1', '--format=%an <%ae>%n%aI%n%B', 'cheaper')).toBe(
      'Grace Höpper <grace@example.com>\n2024-02-29T12:34:56+02:00\nPrice half\n\nBecause it can be.',
    );
    expect(await git(folder, 'rev-parse', 'cheaper')).toBe(commit);
    expect(await userState()).toEqual(before);
  });

  test('plain diffs become one commit, with the given message or their names', async () => {
    const patches = [await diff('a.diff', ADDS_FILE), await diff('b.diff', CHANGES_TWO)];
    await apply(patches, 'Cheaper, --really');
    expect(await git(folder, 'log', '--format=%s', 'main..cheaper')).toBe(
      'Cheaper, --really\nWork on cheaper',
    );
    expect(await git(folder, 'show', 'cheaper:price.txt')).toBe('one\n2\nthree');
  });

  test('paths may contain spaces and start with a dash', async () => {
    await apply([await diff('-a b.diff', ADDS_FILE)]);
    expect(await git(folder, 'log', '-1', '--format=%s', 'cheaper')).toBe('Apply -a b.diff');
  });

  test('nothing is left behind', async () => {
    await apply([await mail('half')]);
    expect(await readdir(folder)).not.toContain('.canary');
    expect(await readdir(join(folder, '.git/canary/scratch'))).toEqual([]);
    expect(await git(folder, 'worktree', 'list', '--porcelain')).not.toContain('scratch');
  });
});

describe('patches that do not apply', () => {
  /** Applies, and expects a rejection that changes no ref, file, index or worktree. */
  async function refused(patches: readonly string[]) {
    const [before, state] = [await fingerprint(folder), await userState()];
    const error = await refusal(() => apply(patches));
    expect(await userState()).toEqual(state);
    const after = await fingerprint(folder);
    const changed = Object.keys({ ...before, ...after }).filter(
      (path) => before[path] !== after[path] && !/^\.git\/(objects|logs)\//.test(path),
    );
    expect(changed).toEqual([]);
    return error;
  }

  test('a conflicting mail changes nothing and is reported with git’s message', async () => {
    const error = await refused([await mail('half', 'another')]);
    expect(error).toMatchObject({ code: 'patch-refused', exitCode: 2 });
    expect(error.message).toBe('The patch half.patch does not apply to branch `cheaper`.');
    expect(error.details.join('\n')).toContain('price.txt');
  });

  test('several are all applied or none', async () => {
    const error = await refused([await mail('half'), await mail('third', 'another')]);
    expect(error.message).toContain('third.patch');
  });

  test('a good diff before a conflicting one is dropped too', async () => {
    const bad = CHANGES_TWO.replace('-two', '-zwei');
    await refused([await diff('good.diff', ADDS_FILE), await diff('bad.diff', bad)]);
  });

  test.each([
    ['no patch at all', 'hello\n'],
    ['an empty file', ''],
    ['a path outside of the repository', ADDS_FILE.replaceAll('new.txt', '../../new.txt')],
    ['a path inside of .git', ADDS_FILE.replaceAll('new.txt', '.git/hooks/post-checkout')],
  ])('%s is rejected', async (_, content) => {
    expect((await refused([await diff('x.diff', content)])).code).toBe('patch-refused');
  });

  test('a missing patch is rejected before anything else', async () => {
    expect((await refused([join(outside, 'nowhere.patch')])).code).toBe('patch-missing');
  });

  test('a branch that is checked out is rejected, because its working tree is the user’s', async () => {
    await git(folder, 'stash', 'push', '--include-untracked', '--quiet');
    await git(folder, 'switch', '--quiet', 'cheaper');
    const error = await refused([await diff('a.diff', ADDS_FILE)]);
    expect(error.code).toBe('branch-checked-out');
    expect(error.message).toContain(folder);
  });
});

describe('line ends that a patch lost or got on its way', () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');
  const priceAt = (ref: string) => git(folder, 'show', `${ref}:price.txt`);

  async function pathOf(name: string, bytes: string | Buffer): Promise<string> {
    const path = join(outside, name);
    await writeFile(path, bytes);
    return path;
  }

  test.each<[string, string | Buffer]>([
    ['CRLF everywhere', crlf(CHANGES_TWO)],
    ['a mark at its start', `\uFEFF${CHANGES_TWO}`],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${crlf(CHANGES_TWO)}`, 'utf16le')],
    ['CRLF in the changes alone', CHANGES_TWO.replace(/^([ +-]\w.*)$/gm, '$1\r')],
  ])('a diff with %s applies, and the file keeps LF', async (_, bytes) => {
    const commit = await apply([await pathOf('x.diff', bytes)]);
    expect(await priceAt(commit)).toBe('one\n2\nthree');
  });

  test('a mail with CRLF applies, and its author has no CR in the name', async () => {
    const text = await readFile(await mail('half'), 'utf8');
    const commit = await apply([await pathOf('mail.patch', crlf(text))]);
    expect(await priceAt(commit)).toBe('half\ntwo\nthree');
    const author = await git(folder, 'log', '-1', '--format=%an <%ae>|%s', commit);
    expect(author).toBe('Grace Höpper <grace@example.com>|Price half');
  });

  test.each([
    ['without them', CHANGES_TWO],
    ['with them', CHANGES_TWO.replace(/^([ +-]\w.*)$/gm, '$1\r')],
    ['with CRLF everywhere', crlf(CHANGES_TWO)],
  ])('a file with CRLF keeps it when a patch comes %s', async (_, text) => {
    await git(folder, 'stash', 'push', '--include-untracked', '--quiet');
    await git(folder, 'switch', '--quiet', 'cheaper');
    await writeFiles(folder, { 'price.txt': crlf('one\ntwo\nthree\n') });
    await git(folder, 'commit', '--quiet', '--all', '-m', 'CRLF');
    await git(folder, 'switch', '--quiet', 'main');
    const commit = await apply([await pathOf('x.diff', text)]);
    expect(await priceAt(commit)).toBe('one\r\n2\r\nthree');
  });

  test('a patch that changes line ends does that', async () => {
    const text = CHANGES_TWO.replace('+2\n', '+two\r\n');
    const commit = await apply([await pathOf('ends.diff', text)]);
    expect(await priceAt(commit)).toBe('one\ntwo\r\nthree');
  });

  test('one that does not apply is reported without advice for a tree that is gone', async () => {
    const error = await refusal(async () => apply([await mail('half', 'another')]));
    expect(error.details.join('\n')).not.toMatch(/hint:|git am|resolved/i);
  });
});
