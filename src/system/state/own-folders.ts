import type { Stats } from 'node:fs';
import { CanaryError } from '../../errors.ts';
import { lstat } from '../disk.ts';
import { isMissing } from '../files.ts';

/**
 * Throws `state-foreign` for the first folder that exists and is not canary's own: a repository can contain a link in
 * its place, and what canary then writes or deletes would be somebody else's. Each folder above it must be in the list.
 */
export async function requireOwnFolders(home: string, folders: readonly string[]): Promise<void> {
  const trusted = [ownUser(), (await lstat(home)).uid];
  for (const folder of folders) {
    const found = await look(folder);
    const fault = found && faultOf(found, trusted);
    if (!fault) continue;
    throw new CanaryError('state-foreign', `${folder} ${fault}, so it is not canary's own.`, {
      hint: 'Look at it, then move it away: canary creates its folders itself.',
    });
  }
}

/** Whether a path is a real folder of this user, and no link: only then may its content be deleted. */
export async function isOwnFolder(path: string): Promise<boolean> {
  const found = await look(path);
  return found !== undefined && faultOf(found, [ownUser()]) === undefined;
}

function faultOf(found: Stats, trusted: readonly number[]): string | undefined {
  if (found.isSymbolicLink()) return 'is a symbolic link';
  if (!found.isDirectory()) return 'is not a folder';
  return found.uid === 0 || trusted.includes(found.uid) ? undefined : "is another user's";
}

function ownUser(): number {
  return process.getuid?.() ?? 0;
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
