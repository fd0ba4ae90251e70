import { join } from 'node:path';
import { emptyFolder, type Files, git, writeFiles } from './fixture-project.ts';

export const ADDS_FILE =
  'diff --git a/new.txt b/new.txt\nnew file mode 100644\n--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+new\n';

const GRACE = ['-c', 'user.name=Grace Höpper', '-c', 'user.email=grace@example.com'];

/** The author of `mailPatch`, as printed by `git log --format='%an <%ae>'`. */
export const MAIL_AUTHOR = 'Grace Höpper <grace@example.com>';

/** A patch in its own folder. */
export async function diffPatch(name: string, content: string): Promise<string> {
  const folder = await emptyFolder();
  await writeFiles(folder, { [name]: content });
  return join(folder, name);
}

/** A mail patch that writes files on top of a branch, made in a copy so that the repository does not change. */
export async function mailPatch(
  repository: string,
  branch: string,
  files: Files,
  subject = 'A mail',
): Promise<string> {
  const work = join(await emptyFolder(), 'work');
  await git(repository, 'clone', '--quiet', '--branch', branch, repository, work);
  await writeFiles(work, files);
  await git(work, 'add', '--all');
  await git(work, ...GRACE, 'commit', '--quiet', '--message', subject);
  const path = join(work, 'mail.patch');
  await git(work, 'format-patch', '--quiet', '-1', '--output', path);
  return path;
}
