import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { CanaryError, type ErrorCode, messageOf } from '../errors.ts';
import { tail } from './process.ts';

/** Reading and writing one repository. Nothing here touches the user's tree, index or HEAD but `fastForward` and `commitFile`. */
export interface Git {
  /** The top folder of the working tree that holds `directory`; throws `repository-missing`. */
  root(directory: string): Promise<string>;
  currentBranch(directory: string): Promise<string | undefined>;
  /** The commit a full ref or expression names, or `undefined`. */
  resolve(directory: string, expression: string): Promise<string | undefined>;
  localBranches(directory: string): Promise<string[]>;
  subject(directory: string, commit: string): Promise<string>;
  isAncestor(directory: string, ancestor: string, commit: string): Promise<boolean>;
  mergeBase(directory: string, left: string, right: string): Promise<string | undefined>;
  /** Commits after `from` up to `to`, newest first. */
  commitsBetween(
    directory: string,
    from: string,
    to: string,
  ): Promise<{ commit: string; isMerge: boolean }[]>;
  /** Paths that differ between two commits. */
  changedPaths(directory: string, from: string, to: string): Promise<string[]>;
  /** Whether two commits hold the same files. */
  sameTree(directory: string, left: string, right: string): Promise<boolean>;
  /** Whether a commit has anything under a path relative to the top folder. */
  tracks(directory: string, commit: string, path: string): Promise<boolean>;
  /** Whether a working tree has files under a path that git does not track, ignored ones too. */
  hasUntracked(tree: string, path: string): Promise<boolean>;
  /**
   * Checks a commit out in a folder of its own, with no branch. Never prunes: a worktree of the user's on a
   * disk that is away for now would be lost.
   */
  addWorktree(directory: string, path: string, commit: string): Promise<void>;
  removeWorktree(directory: string, path: string): Promise<void>;
  /** Whether a folder is a worktree that holds exactly this commit; a checkout that was cut off does not. */
  holds(tree: string, commit: string): Promise<boolean>;
  /** The working tree in which a branch is checked out, if any. */
  checkedOutAt(directory: string, ref: string): Promise<string | undefined>;
  /** Moves a branch that is checked out nowhere, if it still is at `from`; throws `branch-moved`. */
  moveBranch(directory: string, ref: string, from: string, to: string): Promise<void>;
  /** Moves the branch checked out in a working tree forward, files included. */
  fastForward(tree: string, to: string): Promise<void>;
  /** Paths in the way of moving a working tree from one commit to another. */
  changesInTheWay(tree: string, from: string, to: string): Promise<string[]>;
  /** Applies a mail with its own author, date and message, and commits. */
  applyMail(tree: string, patch: string): Promise<void>;
  /** Applies plain diffs to tree and index. */
  applyDiff(tree: string, patch: string): Promise<void>;
  /** Whether a tree already holds what a patch changes. */
  hasApplied(tree: string, patch: string): Promise<boolean>;
  /** Commits what is in the index. */
  commit(tree: string, message: string): Promise<string>;
  /** Commits one file and nothing else, whatever else is staged. */
  commitFile(tree: string, path: string, message: string): Promise<string>;
  /** Takes a new file out of the index. */
  unstage(tree: string, path: string): Promise<void>;
  /** Merges a commit into a detached tree; returns the paths in conflict, none when it is done. */
  merge(tree: string, commit: string, message: string): Promise<string[]>;
  /** Gives tree and index exactly the files of another commit. */
  takeTree(tree: string, commit: string): Promise<void>;
  /** Takes commits back in tree and index, newest first, without committing. */
  revert(tree: string, commits: readonly string[]): Promise<void>;
  /** A line that tells git's version. */
  version(): Promise<string>;
}

export class SimpleGitClient implements Git {
  async root(directory: string): Promise<string> {
    try {
      return (await this.run(directory, ['rev-parse', '--show-toplevel'])).trim();
    } catch (cause) {
      throw new CanaryError('repository-missing', `${directory} is not in a git repository.`, {
        hint: 'A canary is built from a branch: run `git init`, commit your project, then try again.',
        cause,
      });
    }
  }

  async currentBranch(directory: string): Promise<string | undefined> {
    return (await this.run(directory, ['branch', '--show-current'])).trim() || undefined;
  }

  async resolve(directory: string, expression: string): Promise<string | undefined> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${expression}^{commit}`];
    const found = await this.run(directory, args).catch(() => '');
    return found.trim() || undefined;
  }

  async localBranches(directory: string): Promise<string[]> {
    return lines(
      await this.run(directory, ['for-each-ref', '--format=%(refname:short)', 'refs/heads']),
    );
  }

  async subject(directory: string, commit: string): Promise<string> {
    return (await this.run(directory, ['log', '-1', '--format=%s', commit])).trim();
  }

  async isAncestor(directory: string, ancestor: string, commit: string): Promise<boolean> {
    return (await this.mergeBase(directory, ancestor, commit)) === ancestor;
  }

  async mergeBase(directory: string, left: string, right: string): Promise<string | undefined> {
    const found = await this.run(directory, ['merge-base', left, right]).catch(() => '');
    return found.trim() || undefined;
  }

  async commitsBetween(directory: string, from: string, to: string) {
    const listed = await this.run(directory, ['rev-list', '--parents', `${from}..${to}`]);
    return lines(listed).map((line) => {
      const [commit = '', ...parents] = line.split(' ');
      return { commit, isMerge: parents.length > 1 };
    });
  }

  async changedPaths(directory: string, from: string, to: string): Promise<string[]> {
    return zeroed(
      await this.run(directory, ['diff', '--name-only', '--no-renames', '-z', from, to]),
    );
  }

  async sameTree(directory: string, left: string, right: string): Promise<boolean> {
    const trees = await this.run(directory, ['rev-parse', `${left}^{tree}`, `${right}^{tree}`]);
    const [first, second] = lines(trees);
    return first === second;
  }

  async tracks(directory: string, commit: string, path: string): Promise<boolean> {
    const args = [
      '--literal-pathspecs',
      'ls-tree',
      '-z',
      '--name-only',
      '--full-tree',
      commit,
      '--',
      path,
    ];
    return (await this.run(directory, args)) !== '';
  }

  async hasUntracked(tree: string, path: string): Promise<boolean> {
    const args = ['--literal-pathspecs', 'ls-files', '--others', '-z', '--', path];
    return (await this.run(tree, args)) !== '';
  }

  async addWorktree(directory: string, path: string, commit: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await this.run(directory, ['worktree', 'add', '--force', '--detach', path, commit]);
  }

  async removeWorktree(directory: string, path: string): Promise<void> {
    await this.run(directory, ['worktree', 'remove', '--force', path]).catch(() => undefined);
    await rm(path, { recursive: true, force: true });
  }

  async holds(tree: string, commit: string): Promise<boolean> {
    try {
      const top = await this.root(tree);
      const isAtCommit = top === tree && (await this.resolve(tree, 'HEAD')) === commit;
      return isAtCommit && (await this.run(tree, ['status', '--porcelain', '-uno'])) === '';
    } catch {
      return false;
    }
  }

  async checkedOutAt(directory: string, ref: string): Promise<string | undefined> {
    const listed = await this.run(directory, ['worktree', 'list', '--porcelain']);
    const block = listed.split('\n\n').find((each) => each.split('\n').includes(`branch ${ref}`));
    return block?.split('\n')[0]?.replace(/^worktree /, '');
  }

  async moveBranch(directory: string, ref: string, from: string, to: string): Promise<void> {
    await this.run(directory, ['update-ref', '-m', 'canary', ref, to, from], 'branch-moved', {
      message: `${ref} moved while canary was at work.`,
      hint: 'Run the command again; it starts from where the branch is now.',
    });
  }

  async fastForward(tree: string, to: string): Promise<void> {
    await this.run(tree, ['merge', '--ff-only', '--quiet', to], 'branch-moved', {
      message: `The branch checked out in ${tree} could not be moved forward.`,
      hint: 'Commit or stash what is in the way, then run the command again.',
    });
  }

  async changesInTheWay(tree: string, from: string, to: string): Promise<string[]> {
    const changing = new Set(await this.changedPaths(tree, from, to));
    const local = zeroed(
      await this.run(tree, ['status', '--porcelain', '--no-renames', '-uall', '-z']),
    );
    return local.map((entry) => entry.slice(3)).filter((path) => changing.has(path));
  }

  async applyMail(tree: string, patch: string): Promise<void> {
    try {
      await this.run(tree, ['am', '--quiet', '--keep-cr', '--', patch]);
    } catch (error) {
      await this.run(tree, ['am', '--abort']).catch(() => undefined);
      throw error;
    }
  }

  async applyDiff(tree: string, patch: string): Promise<void> {
    await this.run(tree, ['apply', '--index', '--', patch]);
  }

  async hasApplied(tree: string, patch: string): Promise<boolean> {
    return this.run(tree, ['apply', '--reverse', '--check', '--', patch]).then(
      () => true,
      () => false,
    );
  }

  async commit(tree: string, message: string): Promise<string> {
    await this.run(tree, ['commit', '--quiet', '-m', message], 'commit-failed', COMMIT_FAILED);
    return (await this.run(tree, ['rev-parse', 'HEAD'])).trim();
  }

  async commitFile(tree: string, path: string, message: string): Promise<string> {
    await this.run(tree, ['add', '--', path]);
    await this.run(
      tree,
      ['commit', '--quiet', '--only', '-m', message, '--', path],
      'commit-failed',
      COMMIT_FAILED,
    );
    return (await this.run(tree, ['rev-parse', 'HEAD'])).trim();
  }

  async unstage(tree: string, path: string): Promise<void> {
    await this.run(tree, ['rm', '--cached', '--quiet', '--ignore-unmatch', '--', path]);
  }

  async merge(tree: string, commit: string, message: string): Promise<string[]> {
    try {
      await this.run(tree, ['merge', '--quiet', '--no-ff', '-m', message, commit]);
      return [];
    } catch (error) {
      const conflicts = zeroed(
        await this.run(tree, ['diff', '--name-only', '--diff-filter=U', '-z']),
      );
      await this.run(tree, ['merge', '--abort']).catch(() => undefined);
      if (conflicts.length > 0) return conflicts;
      throw error;
    }
  }

  async takeTree(tree: string, commit: string): Promise<void> {
    await this.run(tree, ['read-tree', '--reset', '-u', commit]);
  }

  async revert(tree: string, commits: readonly string[]): Promise<void> {
    try {
      await this.run(tree, ['revert', '--no-commit', ...commits]);
    } catch (error) {
      await this.run(tree, ['revert', '--abort']).catch(() => undefined);
      throw error;
    }
  }

  async version(): Promise<string> {
    return (await this.run(process.cwd(), ['--version'])).trim();
  }

  private async run(
    directory: string,
    args: readonly string[],
    code: ErrorCode = 'git-failed',
    words: { message?: string; hint?: string } = {},
  ): Promise<string> {
    const git = await this.client(directory);
    try {
      return await git.raw([...args]);
    } catch (cause) {
      const verb = args.find((arg) => !arg.startsWith('-')) ?? '';
      throw new CanaryError(code, words.message ?? `\`git ${verb}\` failed.`, {
        details: tail(messageOf(cause)),
        ...(words.hint ? { hint: words.hint } : {}),
        cause,
      });
    }
  }

  private async client(directory: string): Promise<SimpleGit> {
    const { simpleGit } = await import('simple-git');
    return simpleGit({
      baseDir: directory,
      // Its own rule wants words on stderr; a conflict of `git merge` and a silent hook have none.
      errors: (error, { exitCode, stdOut, stdErr }) =>
        error ?? (exitCode === 0 ? undefined : Buffer.concat([...stdOut, ...stdErr])),
    });
  }
}

const COMMIT_FAILED = {
  message: 'git would not make the commit.',
  hint: 'Its own words are above; often `git config user.name` and `user.email` are missing, or a hook refused.',
};

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

function zeroed(text: string): string[] {
  return text.split('\0').filter(Boolean);
}
