import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryError, messageOf } from '../../errors.ts';
import type { ReleaseEvent } from '../../rollout/events.ts';
import {
  formatRecord,
  type JournalReading,
  type JournalRecord,
  parseJournal,
} from '../../rollout/journal.ts';
import type { Clock } from '../clock.ts';
import { lstat, mkdir, readdir, rename, rm } from '../disk.ts';
import { appendTo, isMissing, openToAppend, readIfExists, syncDirectory } from '../files.ts';
import { requireOwnFolders } from './own-folders.ts';

const ENDING = '.jsonl';
/** A copy or a backup that somebody made beside a journal has another name. */
const JOURNAL_NAME = /^(\d{8}-[\w-]+)\.jsonl$/;
const LINE_BREAK = 10;
/** In bytes, for one release: days of a busy shop. */
const MOST_EVIDENCE = 50_000_000;

/** The journals of a project's releases, one file each. */
export class JournalFiles {
  private readonly directory: string;
  private readonly clock: Clock;

  constructor(directory: string, clock: Clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /** Ids of all releases, oldest first. */
  async list(): Promise<string[]> {
    const names = await readdir(this.directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.flatMap((name) => JOURNAL_NAME.exec(name)?.[1] ?? []).sort();
  }

  /** Every record; throws `journal-unreadable` if one is damaged. */
  async read(id: string): Promise<JournalRecord[]> {
    const { records, problems } = await this.load(id);
    if (problems.length > 0) throw this.unreadable(id, problems);
    return records;
  }

  /** The records that can be read, and what is wrong with the others, or with the file itself. */
  async readUndamaged(id: string): Promise<Pick<JournalReading, 'records' | 'problems'>> {
    try {
      const { records, problems } = await this.load(id);
      return { records, problems };
    } catch (error) {
      return { records: [], problems: [messageOf(error)] };
    }
  }

  /** The error for a journal with these problems. */
  unreadable(id: string, problems: readonly string[]): CanaryError {
    const [first, ...more] = problems;
    const others = more.length > 0 ? ` (and ${more.length} more)` : '';
    return new CanaryError(
      'journal-unreadable',
      `The journal of release ${id} cannot be read: ${first}${others}.`,
      {
        hint: `Look at ${this.path(id)}; a newer version of canary may have written it. \`canary abort\` works without it.`,
      },
    );
  }

  /** Gives a journal another name, under which no command looks for it. */
  async setAside(id: string): Promise<void> {
    await rename(this.path(id), `${this.path(id)}.damaged`);
  }

  /** Appends a fact; it is on disk when this resolves. */
  async append(id: string, event: ReleaseEvent): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const file = await openToAppend(this.path(id));
    let size: number;
    try {
      ({ size } = await file.stat());
      // Every time, because another process may have been killed while it wrote.
      if (size > 0 && (await lastByte(file, size)) !== LINE_BREAK)
        await file.truncate((await this.load(id)).wholeBytes);
      await file.writeFile(formatRecord(event, this.clock.now()));
      await file.datasync();
    } finally {
      await file.close();
    }
    if (size === 0) await syncDirectory(this.directory);
  }

  /** Keeps the evidence by which a release was judged, in a file beside its journal; not synced when this resolves. */
  async keepEvidence(id: string, lines: string): Promise<void> {
    const path = this.evidencePath(id);
    const { size } = await lstat(path).catch(() => ({ size: 0 }));
    if (size >= MOST_EVIDENCE) return;
    await appendTo(path, lines);
  }

  /** All of that; empty if there is none. */
  async readEvidence(id: string): Promise<string> {
    return (await readIfExists(this.evidencePath(id))) ?? '';
  }

  /** The folder of its backups, only for its owner; created if absent. `name`: as seen from the journals' folder. */
  async backupFolder(id: string): Promise<{ path: string; name: string }> {
    const name = backupName(id);
    const path = join(this.directory, name);
    await requireOwnFolders(this.directory, [path]);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return { path, name };
  }

  /** Removes all files of a release; a release without a journal counts as removed. */
  async remove(id: string): Promise<void> {
    await rm(join(this.directory, backupName(id)), { recursive: true, force: true });
    await rm(this.evidencePath(id), { force: true });
    await rm(this.path(id), { force: true });
  }

  private async load(id: string) {
    const text = (await readIfExists(this.path(id))) ?? '';
    const { records, problems, tornBytes } = parseJournal(text);
    return { records, problems, wholeBytes: Buffer.byteLength(text) - tornBytes };
  }

  private evidencePath(id: string): string {
    return join(this.directory, `${id}.evidence`);
  }

  private path(id: string): string {
    return join(this.directory, `${id}${ENDING}`);
  }
}

function backupName(id: string): string {
  return `${id}.backup`;
}

async function lastByte(file: FileHandle, size: number): Promise<number | undefined> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
}
