import * as fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Disk } from '../../../src/system/host.ts';
import type { Paths } from './paths.ts';
import type { SimulatedProcess } from './process.ts';

type Sync = (...args: unknown[]) => unknown;

const TWO_PATHS = ['rename', 'link', 'copyFile', 'symlink'];
const PATH_RESULTS = ['realpath', 'mkdtemp', 'readlink'];

const LOOKS = [
  'access',
  'lstat',
  'readFile',
  'readdir',
  'readlink',
  'realpath',
  'stat',
  'statfs',
] as const;
const CHANGES = [
  'chmod',
  'copyFile',
  'link',
  'mkdir',
  'mkdtemp',
  'rename',
  'rm',
  'symlink',
  'writeFile',
] as const;

/** What the kernel tells about processes; `undefined` if it has no such file. */
export type ProcFiles = (path: string) => string | undefined;

/**
 * The disk of one program: real files, of which each call takes no time and is one that can fail or be the last.
 * `proc`: the files of the simulated kernel.
 */
export function simulatedDisk(process: SimulatedProcess, proc: ProcFiles, paths: Paths): Disk {
  const sync = translated(paths);
  const looks = LOOKS.map((name) => {
    const call: Sync = (...args) =>
      process.look(() => {
        const path = String(args[0]);
        if (path.startsWith('/proc/') && (name === 'stat' || name === 'readFile'))
          return ofKernel(name, path, proc);
        return sync(name, args);
      });
    return [name, call] as const;
  });
  const changes = CHANGES.map((name) => {
    const call: Sync = (...args) => {
      const act = () => sync(name, args);
      const isChange = !changesNothing(name, paths.real(String(args[0])));
      return isChange ? process.change(`${name} ${short(args)}`, act) : process.look(act);
    };
    return [name, call] as const;
  });
  const open = async (path: string, flags: string | number = 'r', mode?: number) => {
    const act = () => sync('open', [path, flags, mode]) as number;
    const isRead = flags === 'r';
    const file = await (isRead ? process.look(act) : process.change(`open ${short([path])}`, act));
    return handle(file, path, process);
  };
  return { ...Object.fromEntries([...looks, ...changes]), open } as unknown as Disk;
}

/** Calls of the real disk, with the paths that the program sees. */
function translated({ real, seen }: Paths): (name: string, args: readonly unknown[]) => unknown {
  const calls = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  return (name, args) => {
    // The content of a file is no path.
    const isPath = (index: number) => index === 0 || (index === 1 && TWO_PATHS.includes(name));
    const there = args.map((each, index) =>
      typeof each === 'string' && isPath(index) ? real(each) : each,
    );
    try {
      const result = calls[`${name}Sync`]?.(...there);
      return PATH_RESULTS.includes(name) ? seen(String(result)) : result;
    } catch (error) {
      if (error instanceof Error && 'path' in error) {
        error.message = seen(error.message);
        error.path = seen(String(error.path));
      }
      throw error;
    }
  };
}

/** To be killed before a call that changes nothing is to be killed before the next. */
function changesNothing(name: string, path: string): boolean {
  if (name === 'mkdir') return fs.existsSync(path);
  if (name === 'rm') return !fs.existsSync(path);
  return name === 'chmod';
}

/** Without what differs between two runs. */
function short(args: readonly unknown[]): string {
  const names = args.filter((each): each is string => typeof each === 'string').slice(0, 2);
  return names.map((each) => each.split('/').slice(-2).join('/').slice(0, 60)).join(' ');
}

function ofKernel(name: 'stat' | 'readFile', path: string, proc: ProcFiles): unknown {
  const text = proc(path);
  if (text === undefined)
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT', path });
  return name === 'readFile' ? text : { isFile: () => true, isDirectory: () => false };
}

function handle(file: number, path: string, process: SimulatedProcess): FileHandle {
  let isOpen = true;
  const close = () => {
    if (isOpen) fs.closeSync(file);
    isOpen = false;
  };
  process.whenDead(close);
  const change = <T>(name: string, act: () => T) => process.change(`${name} ${short([path])}`, act);
  const calls = {
    read: (buffer: Buffer, from: number, length: number, at: number) =>
      process.look(() => ({ buffer, bytesRead: fs.readSync(file, buffer, from, length, at) })),
    stat: () => process.look(() => fs.fstatSync(file)),
    sync: async () => undefined,
    datasync: async () => undefined,
    close: async () => close(),
    chown: (uid: number, gid: number) => process.look(() => fs.fchownSync(file, uid, gid)),
    chmod: (mode: number) => process.look(() => fs.fchmodSync(file, mode)),
    writeFile: (text: string) => change('write', () => void fs.writeSync(file, text)),
    write: (buffer: Buffer, from: number, length: number | undefined, at: number) =>
      change('write', () => ({
        buffer,
        bytesWritten: fs.writeSync(file, buffer, from, length, at),
      })),
    truncate: (size: number) => change('truncate', () => fs.ftruncateSync(file, size)),
  };
  return calls as unknown as FileHandle;
}
