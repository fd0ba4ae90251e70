import { mkdir, open, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryError } from '../errors.ts';
import type { ReleaseEvent } from '../rollout/events.ts';
import { formatRecord, type JournalRecord, parseJournal } from '../rollout/journal.ts';
import type { Clock } from './clock.ts';
import { isMissing, readIfExists, syncDirectory } from './files.ts';

/** The journals of a project's releases, one file each. */
export interface JournalStore {
  /** Ids of all releases, oldest first. */
  list(): Promise<string[]>;
  read(id: string): Promise<JournalRecord[]>;
  /** Appends a fact; it is on disk when this resolves. */
  append(id: string, event: ReleaseEvent): Promise<void>;
}

const ENDING = '.jsonl';

export class JournalFiles implements JournalStore {
  private readonly directory: string;
  private readonly clock: Clock;

  constructor(directory: string, clock: Clock) {
    this.directory = directory;
    this.clock = clock;
  }

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

  async append(id: string, event: ReleaseEvent): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const path = this.path(id);
    const { tornBytes, size } = await this.load(id);
    if (tornBytes > 0) await truncate(path, size - tornBytes);
    const file = await open(path, 'a', 0o644);
    try {
      await file.writeFile(formatRecord(event, this.clock.now()));
      await file.datasync();
    } finally {
      await file.close();
    }
    if (size === 0) await syncDirectory(this.directory);
  }

  private async load(id: string) {
    const text = (await readIfExists(this.path(id))) ?? '';
    const reading = parseJournal(text);
    if ('problem' in reading) {
      throw new CanaryError(
        'journal-unreadable',
        `The journal of release ${id} cannot be read: ${reading.problem}.`,
        {
          hint: `Look at ${this.path(id)}; a newer canary may have written it.`,
        },
      );
    }
    return { ...reading, size: Buffer.byteLength(text) };
  }

  private path(id: string): string {
    return join(this.directory, `${id}${ENDING}`);
  }
}
