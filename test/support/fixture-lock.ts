import { processHost } from '../../src/system/host.ts';
import type { LockOwner } from '../../src/system/state/lock.ts';

/** What a lock has of a command of this host whose process is another one now: none started so early. */
export function formerOwner(change: Partial<LockOwner> = {}): LockOwner {
  return {
    owner: 'ada',
    pid: process.pid,
    host: processHost(),
    start: '2026-01-01T00:00:00.000Z',
    command: 'deploy',
    processStart: '1',
    token: crypto.randomUUID(),
    ...change,
  };
}
