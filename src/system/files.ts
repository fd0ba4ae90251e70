import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  access,
  lstat,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  statfs,
} from './disk.ts';
import { processHost, processId } from './host.ts';

/** The name under which this process writes a file that is to be at a path. */
export function temporaryName(path: string): string {
  return `${path}.${processHost()}-${processId()}.tmp`;
}

/** The process of this host that is writing a file of such a name, or was. */
export function writerOf(name: string): number | undefined {
  const [before = '', process] = name.split(/-(\d+)\.tmp$/);
  return process !== undefined && before.endsWith(`.${processHost()}`)
    ? Number(process)
    : undefined;
}

/**
 * Replaces a file's content atomically: a reader sees the old or the new, even after a power cut. Only its owner can
 * read it, unless `mode` allows more. `owner`: whose it becomes, the mode then being exactly this one.
 */
export async function writeDurably(
  path: string,
  content: string,
  mode = 0o600,
  owner?: { uid: number; gid: number },
): Promise<void> {
  const temporary = temporaryName(path);
  // What is there is removed, not opened: it could be a link.
  await rm(temporary, { force: true });
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      if (owner) {
        await file.chown(owner.uid, owner.gid);
        // The umask takes rights away from a file that is made.
        await file.chmod(mode);
      }
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/**
 * The same for a file of the user's: it keeps its owner and its mode. Never what a link leads to. A file that is
 * mounted alone is written over: into the container in which canary runs, because it cannot be renamed; into others
 * (`isMounted`), because they would go on with the old file.
 */
export async function replaceInPlace(
  path: string,
  content: string,
  { isMounted = false } = {},
): Promise<void> {
  const old = await lstat(path).catch(() => undefined);
  if (old && !old.isFile()) throw new Error(`${path} is not a plain file`);
  if (old && isMounted) return growAndOverwrite(path, Buffer.from(content));
  try {
    await writeDurably(path, content, old ? old.mode & 0o7777 : 0o600, old);
  } catch (error) {
    if (!hasErrno(error, 'EBUSY')) throw error;
    await growAndOverwrite(path, Buffer.from(content));
  }
}

/**
 * The same on a disk without space: then the content goes over the old one, in the place that this has. Only for text
 * in which empty lines at the end mean nothing.
 */
export async function writeEvenIfFull(path: string, content: string): Promise<void> {
  try {
    await writeDurably(path, content);
  } catch (error) {
    if (!isDiskProblem(error)) throw error;
    await overwrite(path, Buffer.from(content)).catch(() => {
      throw error;
    });
  }
}

/** Writes over a file that cannot be renamed: for text in which empty lines at the end mean nothing, as it may have some meanwhile. */
async function growAndOverwrite(path: string, content: Buffer): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    // What has no space is found out while the old content is still there.
    await appendTo(path, Buffer.alloc(Math.max(0, content.length - size), '\n')).catch(
      async (error) => {
        await file.truncate(size);
        throw error;
      },
    );
    await writeInOnePiece(file, content, size);
    await file.truncate(content.length);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The smallest piece in which file systems give space to a file. */
const BLOCK = 4096;

async function overwrite(path: string, content: Buffer): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    if (content.length > Math.ceil(size / BLOCK) * BLOCK) throw new Error('it has not the place');
    await writeInOnePiece(file, content, size);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Writes over the `size` bytes of a file, with empty lines for what is left of them; at once, so that nobody reads half of it. */
async function writeInOnePiece(file: FileHandle, content: Buffer, size: number): Promise<void> {
  const rest = Buffer.alloc(Math.max(0, size - content.length), '\n');
  await file.write(Buffer.concat([content, rest]), 0, undefined, 0);
}

/** Whether an error says that nothing can be written: no space is left, or the disk is read-only or broken. */
export function isDiskProblem(error: unknown): boolean {
  return hasErrno(error, 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO');
}

/** Opens a file to append to it, as `open` does, but never what a link leads to. */
export function openToAppend(path: string): Promise<FileHandle> {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  return open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
}

/** Appends to a file, which is created if there is none; never to what a link leads to. Not synced when this resolves. */
export async function appendTo(path: string, content: string | Uint8Array): Promise<void> {
  const file = await openToAppend(path);
  await file.writeFile(content).finally(() => file.close());
}

/** The chunks of a stream of bytes. */
export type Chunks = AsyncIterable<Uint8Array>;

/**
 * Writes a file, readable only for its owner, that gets its name only once it is complete: an error on the way leaves
 * no file, and a kill leaves none of that name. Returns its size.
 */
export async function streamDurably(
  path: string,
  content: Chunks,
  encoder: NodeJS.ReadWriteStream,
): Promise<number> {
  const temporary = `${path}.tmp`;
  await rm(temporary, { force: true });
  try {
    // Opened before anything can fail: a stream that opens by itself may do so after the file was removed below.
    const file = await open(temporary, 'wx', 0o600);
    await pipeline(content, encoder, file.createWriteStream({ flush: true }));
    const { size } = await stat(temporary);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
    return size;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Bytes that may still be written in a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Makes names created or renamed in a folder durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** What a shell gives in place of a file: an empty one, or what another program prints. */
const GIVEN_BY_SHELL = /^\/dev\/(null|fd\/[1-9]\d+)$/;

/**
 * A file's text, or `undefined` when there is no such file. Pipes and devices, to which a branch may have a link, could
 * be without an end.
 */
export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    const kind = await stat(path);
    if (!kind.isFile() && !kind.isDirectory() && !GIVEN_BY_SHELL.test(path)) {
      const error = new Error('it is a pipe, a socket or a device');
      throw Object.assign(error, { path, code: 'EINVAL', errno: -22, syscall: 'read' });
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    // Node does not name the file when it cannot be read once it is open: it is a folder, or the disk is broken.
    throw hasErrno(error, 'EISDIR', 'EIO') ? Object.assign(error as Error, { path }) : error;
  }
}

/** Whether `replaceInPlace` may replace a file: it is a plain one, or missing, and neither it nor its folder is read-only. */
export async function mayReplace(path: string): Promise<boolean> {
  const old = await lstat(path).catch(() => undefined);
  if (old && !old.isFile()) return false;
  const needed = old ? [path, dirname(path)] : [dirname(path)];
  try {
    for (const each of needed) await access(each, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

/** More than any kernel follows. */
export const MOST_LINKS = 40;

/** A path with every link in it followed, as far as it exists; a link to nothing is followed too. */
export async function realPath(path: string, links = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const target = links < MOST_LINKS ? await readlink(path).catch(() => undefined) : undefined;
    if (target !== undefined) return realPath(resolve(dirname(path), target), links + 1);
    return path === dirname(path)
      ? path
      : join(await realPath(dirname(path), links), basename(path));
  }
}

/** Whether an error says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return hasErrno(error, 'ENOENT');
}

/** Whether an error of the operating system has one of these codes. */
export function hasErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
