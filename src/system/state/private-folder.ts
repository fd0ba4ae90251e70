import { join } from 'node:path';
import { lstat, mkdir, mkdtemp, rm, temporaryFolder } from '../disk.ts';
import { hasErrno } from '../files.ts';
import { makeProcessFolder } from './process-identity.ts';

/** A folder that no other user can read, for as long as this process needs it. */
export interface PrivateFolder {
  path: string;
  remove(): Promise<void>;
}

/** Creates one, and removes those that killed processes of this host left. Removed by itself when `signal` aborts. */
export async function makePrivateFolder(signal: AbortSignal): Promise<PrivateFolder> {
  signal.throwIfAborted();
  const empty = (folder: string) => rm(folder, { recursive: true, force: true });
  const home = await privateHome();
  const path = home
    ? await makeProcessFolder(home, '', empty)
    : await mkdtemp(join(temporaryFolder(), 'canary-private-'));
  const stop = () => void empty(path);
  signal.addEventListener('abort', stop, { once: true });
  return {
    path,
    async remove() {
      signal.removeEventListener('abort', stop);
      await empty(path);
    },
  };
}

/**
 * The folder of this user in the shared temporary one. What lies in the shared one itself is never cleaned up: while
 * this process deletes there, another user could put a link in the way. `undefined` if another user took its name.
 */
async function privateHome(): Promise<string | undefined> {
  const uid = process.getuid?.() ?? 0;
  const home = join(temporaryFolder(), `canary-${uid}`);
  await mkdir(home, { mode: 0o700 }).catch((error: unknown) => {
    if (!hasErrno(error, 'EEXIST')) throw error;
  });
  const found = await lstat(home);
  const isPrivate = found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
  return isPrivate ? home : undefined;
}
