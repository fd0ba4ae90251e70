import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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
  const path = await makeProcessFolder(tmpdir(), 'canary-private-', (folder) =>
    // Another user's folder is theirs to remove.
    empty(folder).catch(() => undefined),
  );
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
