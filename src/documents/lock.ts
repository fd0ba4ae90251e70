import type { LockHolder } from './status.ts';

/** The lock of a project: one command at a time may change it. */
export interface LockStatus {
  version: 1;
  /** The command that has the lock; `null` if none has, or if nobody can say which. */
  holder: LockOwnerStatus | null;
  /** Whether there is a lock that names no command, as after a power cut. The next command removes it. */
  isTorn: boolean;
}

/** A command that has the lock. */
export interface LockOwnerStatus extends LockHolder {
  /** Whether it still runs; `null` on another host, or in another container, where nobody can look. */
  isRunning: boolean | null;
}

/** What `lock release` did. */
export interface LockRelease {
  version: 1;
  /** The command that had the lock; `null` if none had, or if it named none. */
  holder: LockOwnerStatus | null;
  /** Whether there was a lock to take away. */
  changed: boolean;
}
