/** The beginning of a file, and what its archive states about it. */
export interface FileState {
  size: number;
  /** Milliseconds; Docker reports whole seconds. */
  modified: number;
  /** Its first `HEAD` bytes, or all if there are fewer. */
  head: Uint8Array;
}

/** A database's file and those beside it, at one moment. */
export interface DatabaseState {
  main: FileState;
  /** Write-ahead log. */
  log: FileState | undefined;
  /** Rollback journal. */
  journal: FileState | undefined;
}

/** The length of the longest header. */
export const HEAD = 100;

const MAGIC = 'SQLite format 3\0';
const JOURNAL_MAGIC = 'd9d505f920a163d7';
const LOG_MODE = 2;

/** Whether a file is an SQLite database, whatever its name. */
export function isSqlite(head: Uint8Array): boolean {
  return head.length >= HEAD && Buffer.from(head.subarray(0, 16)).toString('latin1') === MAGIC;
}

/** Whether its texts are in UTF-16, which the library is built without. */
export function isWide({ head }: FileState): boolean {
  return Buffer.from(head).readUInt32BE(56) > 1;
}

/** Whether a database writes to a log first, and has no journal. */
export function hasLog({ head }: FileState): boolean {
  return head[18] === LOG_MODE;
}

/**
 * Whether a database that was copied between two looks (its file first, then log and journal) is whole. While the log
 * is the same, it also contains all that was written to the file meanwhile. Without a log nothing may have changed.
 */
export function isSteady(before: DatabaseState, after: DatabaseState): boolean {
  const [old, now] = [before, after];
  if (logOf(old) !== logOf(now) || journalOf(old) !== journalOf(now)) return false;
  if (logOf(old) !== 'none') return true;
  return (
    old.main.size === now.main.size &&
    old.main.modified === now.main.modified &&
    hex(old.main.head, 0, HEAD) === hex(now.main.head, 0, HEAD)
  );
}

/** Which log it is: a log that begins again has other salts. */
function logOf({ main, log }: DatabaseState): string {
  if (!hasLog(main) || !log || log.head.length < 32) return 'none';
  return hex(log.head, 16, 24);
}

/** Which transaction a journal belongs to, by its random number; an emptied one belongs to none. */
function journalOf({ journal }: DatabaseState): string {
  if (!journal || hex(journal.head, 0, 8) !== JOURNAL_MAGIC) return 'none';
  return hex(journal.head, 12, 16);
}

function hex(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString('hex');
}
