import { join } from 'node:path';
import { readdir, rm } from '../disk.ts';
import { isMissing, writerOf } from '../files.ts';
import { isRunning } from './process-identity.ts';

/** Removes what killed processes of this host were writing in folders; those of another host cannot be checked. */
export async function removeLeftovers(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const names = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const name of names) {
      const pid = writerOf(name);
      if (pid === undefined || (await isRunning({ pid, processStart: '' }))) continue;
      await rm(join(folder, name), { force: true });
    }
  }
}
