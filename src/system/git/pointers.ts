import { join } from 'node:path';
import { open } from '../disk.ts';
import { isMissing } from '../files.ts';
import { type Place, runGit, zeroed } from './run.ts';

const BEGINNING = 'version https://git-lfs.github.com/spec/';

/** Files of a working tree that hold only a pointer into Large File Storage, in place of their content. */
export async function pointersIn(place: Place): Promise<string[]> {
  const tree = typeof place === 'string' ? place : place.tree;
  const listed = zeroed(await runGit(place, ['ls-files', '-z', '--', ':(attr:filter=lfs)']));
  const found = await Promise.all(
    listed.map(async (path) => ((await isPointer(join(tree, path))) ? [path] : [])),
  );
  return found.flat();
}

/** Whether a file is such a pointer; one that does not exist is not. */
export async function isPointer(path: string): Promise<boolean> {
  const file = await open(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING.length), 0);
    return buffer.toString('latin1', 0, bytesRead) === BEGINNING;
  } finally {
    await file.close();
  }
}
