import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './engine.ts';
import { git } from './git.ts';
import { shop } from './shop.ts';
import { type Invariant, type Story, text } from './story.ts';
import type { World } from './world.ts';

/** What is built in the repository: the file `program` says what it does. */
const BUILT: Program = { version: 'web:1', bootsIn: 300, port: 80 };
const FASTER: Program = { ...BUILT, version: 'web:2' };

/** Branches of the shop. The second began before the newest commit of main: its promotion makes a merge. */
export const BRANCH = 'faster-checkout';
export const BRANCH_BEHIND = 'other-colours';

/**
 * The same shop in a repository: its web is built there, and branches change it. Its user works on something: a file
 * that is changed, one that is staged, and one that git does not know.
 */
export async function shopInGit(settings?: { restarts?: boolean }): Promise<World> {
  const world = await shop({}, settings);
  const run = (...args: string[]) => git(world, world.folder, args);
  const write = (name: string, content: string) => writeFileSync(world.file(name), content);
  const commit = (message: string) => {
    run('add', '--', '.');
    run('commit', '--quiet', `--message=${message}`);
  };
  mkdirSync(world.file('web'));
  const images = text(world.file('compose.yml'));
  write('compose.yml', images.replace(/image: \S*\/web:1/, 'build: ./web'));
  write('web/program', JSON.stringify(BUILT));
  write('notes.txt', 'first\n');
  write('.gitignore', '.env\n');
  run('init', '--quiet', '--initial-branch=main');
  commit('The shop');
  run('switch', '--quiet', '--create', BRANCH_BEHIND);
  write('web/colours', 'green\n');
  commit('Other colours');
  run('switch', '--quiet', 'main');
  write('LICENSE', 'as you like\n');
  commit('A licence');
  run('switch', '--quiet', '--create', BRANCH);
  write('web/program', JSON.stringify(FASTER));
  commit('A faster checkout');
  run('switch', '--quiet', 'main');
  write('notes.txt', 'second\n');
  write('list.txt', 'staged\n');
  run('add', '--', 'list.txt');
  write('draft.txt', 'unknown to git\n');
  await world.timeline.until(world.plainCompose('up', '--detach'));
  await world.timeline.pass(1000);
  return world;
}

/** What the user has, as git and the files tell it. */
const WORK = {
  HEAD: (world: World) => git(world, world.folder, ['symbolic-ref', 'HEAD']).trim(),
  'what is staged, changed and unknown': (world: World) =>
    git(world, world.folder, ['status', '--porcelain', '--untracked-files=all']).trim(),
  'what is staged': (world: World) => git(world, world.folder, ['show', ':list.txt']).trim(),
  'what is changed': (world: World) => text(world.file('notes.txt')).trim(),
  'what git does not know': (world: World) => text(world.file('draft.txt')).trim(),
};

const WANTED: Record<keyof typeof WORK, string> = {
  HEAD: 'refs/heads/main',
  'what is staged, changed and unknown': 'A  list.txt\n M notes.txt\n?? draft.txt',
  'what is staged': 'staged',
  'what is changed': 'second',
  'what git does not know': 'unknown to git',
};

/** None where no repository is. */
function inRepository(look: (world: World, story: Story) => string[]): Invariant['broken'] {
  return (story) => (existsSync(story.world.file('.git')) ? look(story.world, story) : []);
}

export const WORK_UNTOUCHED: Invariant = {
  name: "the user's HEAD, index and files are as they were",
  broken: inRepository((world) =>
    Object.entries(WORK).flatMap(([what, ask]) => {
      const found = ask(world);
      return found === WANTED[what as keyof typeof WORK] ? [] : [`${what}: ${found}`];
    }),
  ),
};

const BRANCHES = ['main', BRANCH, BRANCH_BEHIND].map((name) => `refs/heads/${name}`);
const HALF_DONE = /^(MERGE_HEAD|REVERT_HEAD|CHERRY_PICK_HEAD|rebase-\w+|.*\.lock)$/;

export const REPOSITORY_SOUND: Invariant = {
  name: 'the repository is sound, and has nothing that canary does not keep',
  broken: inRepository((world, { chapters }) => {
    const ask = (...args: string[]) => git(world, world.folder, args).split('\n').filter(Boolean);
    const home = world.file('.git');
    const trees = existsSync(join(home, 'worktrees')) ? readdirSync(join(home, 'worktrees')) : [];
    const folders = [home, ...trees.map((name) => join(home, 'worktrees', name))];
    // What a killed command leaves of a worktree is forgotten by the next that makes one, if there is any.
    const isWhole = chapters.every(({ exitCode }) => exitCode !== undefined);
    const missing = ask('worktree', 'list', '--porcelain').filter(
      (line) => isWhole && line.startsWith('prunable'),
    );
    return [
      ...ask('for-each-ref', '--format=%(refname)').filter(
        (ref) => !BRANCHES.includes(ref) && !ref.startsWith('refs/canary/releases/'),
      ),
      ...folders.flatMap((folder) => readdirSync(folder).filter((name) => HALF_DONE.test(name))),
      ...missing,
      ...ask('fsck', '--no-dangling', '--no-progress'),
    ];
  }),
};
