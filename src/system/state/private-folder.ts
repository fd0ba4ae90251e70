import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, ownIdentity } from './process-identity.ts';

const PREFIX = 'canary-private-';

/** A folder that nobody else can read, for as long as this process needs it. */
export interface PrivateFolder {
  path: string;
  remove(): Promise<void>;
}

/** Makes one, and removes those that killed processes of this host left. Removed by itself when `signal` says stop. */
export async function makePrivateFolder(signal: AbortSignal): Promise<PrivateFolder> {
  signal.throwIfAborted();
  await sweep();
  const { pid, processStart } = await ownIdentity();
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${hostname()}-${pid}-${processStart}-`));
  const remove = () => rm(path, { recursive: true, force: true });
  const stop = () => void remove();
  signal.addEventListener('abort', stop, { once: true });
  return {
    path,
    async remove() {
      signal.removeEventListener('abort', stop);
      await remove();
    },
  };
}

async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const [, host, pid, processStart = ''] =
      /^(.+)-(\d+)-(\d*)-\w+$/.exec(name.slice(PREFIX.length)) ?? [];
    if (host !== hostname() || (await isRunning({ pid: Number(pid), processStart }))) continue;
    // Somebody else's is for them to remove.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}
