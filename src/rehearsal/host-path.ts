import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import type { PathKind } from '../compose/clone/throw-away.ts';
import { isInside } from '../project/checkout/mirror.ts';
import { readdir, stat } from '../system/disk.ts';
import { realPath } from '../system/files.ts';

/** Where the kernel and programs of the host can be reached. */
const REACHING = ['/run', '/var/run', '/proc', '/sys', '/dev'];
/** In a folder with more entries, sockets are not searched for. */
const MOST_ENTRIES = 20_000;

/** The kind of a path on the host, as far as it can be seen. */
export async function kindOf(path: string): Promise<PathKind> {
  const real = await realPath(path);
  const found = await stat(real).catch(() => undefined);
  if (!found) return 'missing';
  if (REACHING.some((each) => isInside(real, each))) return 'other';
  if (found.isFile()) return 'file';
  if (!found.isDirectory()) return 'other';
  const leadsOut = REACHING.some((each) => isInside(each, real)) || real === '/';
  return leadsOut || (await mayHoldSockets(real)) ? 'leads-out' : 'directory';
}

/** Whether a folder contains a socket or a device, or more than can be searched. */
async function mayHoldSockets(folder: string): Promise<boolean> {
  const waiting = [folder];
  let seen = 0;
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    // What this user cannot read, a program in the container may.
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (!entries) return true;
    seen += entries.length;
    if (seen > MOST_ENTRIES || entries.some(isWayOut)) return true;
    waiting.push(
      ...entries.filter((each) => each.isDirectory()).map(({ name }) => join(path, name)),
    );
  }
  return false;
}

function isWayOut(entry: Dirent): boolean {
  return entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice() || entry.isFIFO();
}
