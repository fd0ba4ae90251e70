import { join } from 'node:path';
import { CanaryError } from '../../errors.ts';
import { systemClock } from '../clock.ts';
import { mkdtemp, rm, writeFile } from '../disk.ts';
import { repositoryMissing } from './location.ts';
import { runGit } from './run.ts';

/** Annotated tags of releases, where `git tag` and `git describe` do not look. */
const NAMESPACE = 'refs/canary/releases/';

/** Tags a commit with a message, replacing an earlier record of that id. Throws when the commit is gone. */
export async function writeRecord(
  directory: string,
  { id, commit, message }: { id: string; commit: string; message: string },
): Promise<void> {
  // A reference to a missing commit would break `git gc` and `git fsck`.
  await runGit(directory, ['cat-file', '-e', `${commit}^{commit}`], {
    message: `Commit ${commit} is not in this repository.`,
  });
  const tag = [
    `object ${commit}`,
    'type commit',
    `tag canary/${id}`,
    `tagger ${await committer(directory)}`,
    '',
    message,
  ].join('\n');
  const object = await writeObject(directory, tag);
  await runGit(directory, ['update-ref', `${NAMESPACE}${id}`, object]);
}

/** The messages of all records, by id. */
export async function readRecords(directory: string): Promise<{ id: string; message: string }[]> {
  const format = '--format=%(refname)%00%(contents)%00';
  const listed = await runGit(directory, ['for-each-ref', format, NAMESPACE]).catch((cause) => {
    throw repositoryMissing(directory, cause);
  });
  // NUL ends every field, and git ends every entry with its own line break.
  return listed
    .split('\0\n')
    .filter(Boolean)
    .map((entry) => {
      const [name = '', message = ''] = entry.split('\0');
      return { id: name.slice(NAMESPACE.length), message };
    });
}

export async function removeRecord(directory: string, id: string): Promise<void> {
  await runGit(directory, ['update-ref', '-d', `${NAMESPACE}${id}`]);
}

/** The tagger: the user, or canary if git knows no user. */
async function committer(directory: string): Promise<string> {
  try {
    return (await runGit(directory, ['var', 'GIT_COMMITTER_IDENT'])).trim();
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    return `canary <canary@localhost> ${Math.floor(systemClock.machineTime().getTime() / 1000)} +0000`;
  }
}

/** Stores a tag object. git reads it from a file, which is beside the repository's own files meanwhile. */
async function writeObject(directory: string, tag: string): Promise<string> {
  const repository = (await runGit(directory, ['rev-parse', '--absolute-git-dir'])).trim();
  const home = await mkdtemp(join(repository, 'canary-'));
  try {
    const file = join(home, 'tag');
    await writeFile(file, tag);
    return (await runGit(directory, ['hash-object', '-t', 'tag', '-w', '--', file])).trim();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
