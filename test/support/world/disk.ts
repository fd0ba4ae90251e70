import * as fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Disk } from '../../../src/system/host.ts';
import { holdsPaths } from './git.ts';
import type { Paths } from './paths.ts';
import type { SimulatedProcess } from './process.ts';

type Sync = (...args: unknown[]) => unknown;

const TWO_PATHS = ['rename', 'link', 'copyFile', 'symlink'];
const PATH_RESULTS = ['realpath', 'readlink'];

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
type ProcFiles = (path: string) => string | undefined;

/** `full`: what exists can be removed, renamed and overwritten in its own blocks. */
export type DiskState = 'writable' | 'full' | 'read-only';

/** The machine whose disk it is. `proc`: the files of the simulated kernel. */
interface Machine {
  proc: ProcFiles;
  paths: Paths;
  disk: DiskState;
}

/** Calls that take space. */
const TAKE_SPACE = ['copyFile', 'mkdir', 'mkdtemp', 'symlink', 'writeFile'];

/** The disk of one program: real files, of which each call takes no time and is one that can fail or be the last. */
export function simulatedDisk(process: SimulatedProcess, machine: Machine): Disk {
  const { paths } = machine;
  const proc: ProcFiles = (path) => machine.proc(path);
  const sync = translated(paths);
  const refuse = (name: string, path: string) => {
    if (machine.disk === 'read-only') throw problem('EROFS', name, path);
    if (machine.disk === 'full' && TAKE_SPACE.includes(name)) throw problem('ENOSPC', name, path);
  };
  const looks = LOOKS.map((name) => {
    const call: Sync = (...args) => {
      const path = String(args[0]);
      const isOfKernel = path.startsWith('/proc/') && (name === 'stat' || name === 'readFile');
      if (isOfKernel) return process.look(() => ofKernel(name, path, proc));
      const act = () => sync(name, args);
      if (name !== 'readFile') return process.look(act);
      return process.look(act, { port: 'disk', fail: () => raise(problem('EIO', 'read', path)) });
    };
    return [name, call] as const;
  });
  const changes = CHANGES.map((name) => {
    const call: Sync = (...args) => {
      const path = String(args[0]);
      const act = () => {
        const isSo = name === 'mkdir' && changesNothing(name, paths.real(path));
        if (!isSo) refuse(name, path);
        if (name !== 'mkdtemp') return sync(name, args);
        // A name that is the same in each run.
        const made = `${path}${process.token()}`;
        sync('mkdir', [made, { mode: 0o700 }]);
        return made;
      };
      if (changesNothing(name, paths.real(path))) return process.look(act);
      const fail = () => raise(problem('EIO', name, path));
      return process.change(`${name} ${short(args)}`, act, { fail });
    };
    return [name, call] as const;
  });
  const open = async (path: string, flags: string | number = 'r', mode?: number) => {
    const isRead = flags === 'r';
    const act = () => {
      if (!isRead) refuse('open', path);
      return sync('open', [path, flags, mode]) as number;
    };
    const fail = () => raise(problem('EIO', 'open', path));
    const file = await (isRead
      ? process.look(act)
      : process.change(`open ${short([path])}`, act, { fail }));
    return handle(file, path, process, machine);
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
      const isPath =
        PATH_RESULTS.includes(name) || (name === 'readFile' && holdsPaths(String(args[0])));
      return isPath ? seen(String(result)) : result;
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

/** An error of the operating system, as Node has it. */
function problem(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}

function raise(error: Error): never {
  throw error;
}

function ofKernel(name: 'stat' | 'readFile', path: string, proc: ProcFiles): unknown {
  const text = proc(path);
  if (text === undefined)
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT', path });
  return name === 'readFile' ? text : { isFile: () => true, isDirectory: () => false };
}

/** Blocks of the file system: an overwritten one needs no space. */
const BLOCK = 4096;

function handle(
  file: number,
  path: string,
  process: SimulatedProcess,
  machine: Pick<Machine, 'disk'>,
): FileHandle {
  let isOpen = true;
  const requireSpace = (end: (size: number) => number) => {
    if (machine.disk === 'read-only') throw problem('EROFS', 'write', path);
    const { size } = fs.fstatSync(file);
    const isFull = machine.disk === 'full' && end(size) > Math.ceil(size / BLOCK) * BLOCK;
    if (isFull) throw problem('ENOSPC', 'write', path);
  };
  const close = () => {
    if (isOpen) fs.closeSync(file);
    isOpen = false;
  };
  process.whenDead(close);
  const change = <T>(name: string, act: () => T) =>
    process.change(`${name} ${short([path])}`, act, {
      fail: () => raise(problem('EIO', name, path)),
    });
  const calls = {
    read: (buffer: Buffer, from: number, length: number, at: number) =>
      process.look(() => ({ buffer, bytesRead: fs.readSync(file, buffer, from, length, at) })),
    stat: () => process.look(() => fs.fstatSync(file)),
    sync: async () => undefined,
    datasync: async () => undefined,
    close: async () => close(),
    chown: (uid: number, gid: number) => process.look(() => fs.fchownSync(file, uid, gid)),
    chmod: (mode: number) => process.look(() => fs.fchmodSync(file, mode)),
    writeFile: (text: string) =>
      change('write', () => {
        requireSpace((size) => size + Buffer.byteLength(text));
        fs.writeSync(file, text);
      }),
    write: (buffer: Buffer, from: number, length: number | undefined, at: number) =>
      change('write', () => {
        requireSpace(() => at + (length ?? buffer.length - from));
        return { buffer, bytesWritten: fs.writeSync(file, buffer, from, length, at) };
      }),
    truncate: (size: number) => change('truncate', () => fs.ftruncateSync(file, size)),
  };
  return calls as unknown as FileHandle;
}
