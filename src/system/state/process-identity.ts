import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { mkdtemp, readdir } from '../disk.ts';
import { hasErrno, readIfExists } from '../files.ts';
import { type Processes, type ProcessIdentity, processHost, simulatedHost } from '../host.ts';
import { isOwnFolder } from './own-folders.ts';

/** This process. */
export function ownIdentity(): Promise<ProcessIdentity> {
  return processesHere().own();
}

/** Whether a process of this host still runs. */
export function isRunning(process: ProcessIdentity): Promise<boolean> {
  return processesHere().isRunning(process);
}

export function processesHere(): Processes {
  return simulatedHost()?.processes ?? REAL;
}

async function own(): Promise<ProcessIdentity> {
  return { pid: process.pid, processStart: (await processStart(process.pid)) ?? '' };
}

async function runs({ pid, processStart: known }: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return hasErrno(error, 'EPERM');
  }
  const start = await processStart(pid);
  return start === undefined || known === '' || start === known;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const REAL: Processes = {
  pid: process.pid,
  own,
  token: randomUUID,
  isRunning: runs,
  interrupt: (pid) => process.kill(pid, 'SIGINT'),
  onInterrupt(stop) {
    for (const signal of SIGNALS) process.on(signal, stop);
    return {
      off() {
        for (const signal of SIGNALS) process.off(signal, stop);
      },
    };
  },
};

/** Field 22 of /proc/PID/stat (proc(5)); `undefined` if there is no /proc. */
async function processStart(pid: number): Promise<string | undefined> {
  const stat = await readIfExists(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/**
 * Creates a folder whose name identifies its process. Removes those that killed processes of this host left; those of
 * another host cannot be checked.
 */
export async function makeProcessFolder(
  home: string,
  prefix: string,
  remove: (path: string) => Promise<void>,
): Promise<string> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(prefix)) continue;
    const [, host, pid, processStart = ''] =
      /^(.+)-(\d+)-(\d*)-\w+$/.exec(name.slice(prefix.length)) ?? [];
    if (host !== processHost() || (await isRunning({ pid: Number(pid), processStart }))) continue;
    const path = join(home, name);
    if (await isOwnFolder(path)) await remove(path);
  }
  const { pid, processStart } = await ownIdentity();
  return mkdtemp(join(home, `${prefix}${processHost()}-${pid}-${processStart}-`));
}
