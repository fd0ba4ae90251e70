import { type FileHandle, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryError } from '../../errors.ts';
import type { ReleaseEvent } from '../../rollout/events.ts';
import { formatRecord, type JournalRecord, parseJournal } from '../../rollout/journal.ts';
import type { Clock } from '../clock.ts';
import { isMissing, openToAppend, readIfExists, syncDirectory } from '../files.ts';
import { requireOwnFolders } from './own-folders.ts';

const ENDING = '.jsonl';
const LINE_BREAK = 10;
/** In bytes, for one release: days of a busy shop. */
const MOST_EVIDENCE = 50_000_000;

/** The journals of a project's releases, one file each. */
export class JournalFiles {
  private readonly directory: string;
  private readonly clock: Clock;
  /** Journals that were read completely once, so that they can be written to. */
  private readonly known = new Set<string>();

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
    return names
      .filter((name) => name.endsWith(ENDING))
      .map((name) => name.slice(0, -ENDING.length))
      .sort();
  }

  async read(id: string): Promise<JournalRecord[]> {
    return (await this.load(id)).records;
  }

  /** Appends a fact; it is on disk when this resolves. */
  async append(id: string, event: ReleaseEvent): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    if (!this.known.has(id)) await this.load(id);
    this.known.add(id);
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
    const file = await openToAppend(path);
    await file.writeFile(lines).finally(() => file.close());
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
    const reading = parseJournal(text);
    if ('problem' in reading) {
      throw new CanaryError(
        'journal-unreadable',
        `The journal of release ${id} cannot be read: ${reading.problem}.`,
        {
          hint: `Look at ${this.path(id)}; a newer version of canary may have written it.`,
        },
      );
    }
    const { records, tornBytes } = reading;
    return { records, wholeBytes: Buffer.byteLength(text) - tornBytes };
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
