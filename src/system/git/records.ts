import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryError } from '../../errors.ts';
import type { RunGit } from './run.ts';

/** Annotated tags of releases, in a namespace of their own that `git tag` and `git describe` do not look at. */
export interface GitRecords {
  /** Tags a commit with a message, in place of an earlier record of that id. Throws when the commit is gone. */
  writeRecord(
    directory: string,
    record: { id: string; commit: string; message: string },
  ): Promise<void>;
  /** The messages of all records, by id. */
  readRecords(directory: string): Promise<{ id: string; message: string }[]>;
  removeRecord(directory: string, id: string): Promise<void>;
}

const NAMESPACE = 'refs/canary/releases/';

export function gitRecords(run: RunGit): GitRecords {
  return {
    async writeRecord(directory, { id, commit, message }) {
      // A reference to what is gone would break `git gc` and `git fsck`.
      await run(directory, ['cat-file', '-e', `${commit}^{commit}`], {
        message: `Commit ${commit} is not in this repository.`,
      });
      const tag = [
        `object ${commit}`,
        'type commit',
        `tag canary/${id}`,
        `tagger ${await committer(run, directory)}`,
        '',
        message,
      ].join('\n');
      const object = await writeObject(run, directory, tag);
      await run(directory, ['update-ref', `${NAMESPACE}${id}`, object]);
    },

    async readRecords(directory) {
      const format = '--format=%(refname)%00%(contents)%00';
      const listed = await run(directory, ['for-each-ref', format, NAMESPACE], {
        code: 'repository-missing',
        message: `${directory} is not in a git repository.`,
        hint: 'Go to the folder of your project, or name it with `-C DIR`.',
      });
      // NUL ends every field and git ends every entry with a line break of its own.
      return listed
        .split('\0\n')
        .filter(Boolean)
        .map((entry) => {
          const [name = '', message = ''] = entry.split('\0');
          return { id: name.slice(NAMESPACE.length), message };
        });
    },

    async removeRecord(directory, id) {
      await run(directory, ['update-ref', '-d', `${NAMESPACE}${id}`]);
    },
  };
}

/** Who tags: the user, or canary where git knows nobody. */
async function committer(run: RunGit, directory: string): Promise<string> {
  try {
    return (await run(directory, ['var', 'GIT_COMMITTER_IDENT'])).trim();
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    return `canary <canary@localhost> ${Math.floor(Date.now() / 1000)} +0000`;
  }
}

/** Stores a tag object. git takes it from a file, which lies beside the repository's own files meanwhile. */
async function writeObject(run: RunGit, directory: string, tag: string): Promise<string> {
  const repository = (await run(directory, ['rev-parse', '--absolute-git-dir'])).trim();
  const home = await mkdtemp(join(repository, 'canary-'));
  try {
    const file = join(home, 'tag');
    await writeFile(file, tag);
    return (await run(directory, ['hash-object', '-t', 'tag', '-w', '--', file])).trim();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
