import * as node from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { type Disk, simulatedHost } from './host.ts';

/** A call of the disk of the process that calls: the only way to files, so that none is without a simulation. */
function through<Name extends keyof Disk>(name: Name): Disk[Name] {
  const call = (...args: unknown[]) => {
    const { [name]: act } = simulatedHost()?.disk ?? node;
    return (act as (...given: unknown[]) => unknown)(...args);
  };
  return call as Disk[Name];
}

export const access = through('access');
export const chmod = through('chmod');
export const copyFile = through('copyFile');
export const link = through('link');
export const lstat = through('lstat');
export const mkdir = through('mkdir');
export const mkdtemp = through('mkdtemp');
export const open = through('open');
export const readFile = through('readFile');
export const readdir = through('readdir');
export const readlink = through('readlink');
export const realpath = through('realpath');
export const rename = through('rename');
export const rm = through('rm');
export const stat = through('stat');
export const statfs = through('statfs');
export const symlink = through('symlink');
export const writeFile = through('writeFile');

/** For copies of databases, in a folder of this process: no simulation has any. */
export { createReadStream } from 'node:fs';

/** The folder for temporary files. */
export function temporaryFolder(): string {
  return simulatedHost()?.temporaryFolder ?? tmpdir();
}
