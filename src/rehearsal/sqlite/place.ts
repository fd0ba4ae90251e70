import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import { type EntryHeader, writeArchive } from '../../system/docker/container-archive.ts';
import type { Archive } from '../../system/docker/container-ends.ts';
import type { ContainerStreams, StreamOptions } from '../../system/docker/container-streams.ts';
import type { FoundFile } from './find.ts';

/** A file of this machine that goes where `found` was. */
export interface PlacedFile {
  found: FoundFile;
  local: string;
}

/** Puts files below a folder of a container, each with the owner and mode that it had, and its folders with theirs. */
export async function placeFiles(
  streams: ContainerStreams,
  to: Archive,
  files: readonly PlacedFile[],
  options: StreamOptions,
): Promise<void> {
  const folders = new Map(
    files.flatMap(({ found }) => found.parents.map((each) => [each.name, each] as const)),
  );
  await writeArchive(
    streams,
    to,
    async (archive) => {
      for (const folder of folders.values()) await addEntry(archive, owned(folder, 0));
      for (const { found, local } of files) {
        const { size } = await stat(local);
        await addEntry(archive, owned(found.header, size), createReadStream(local));
      }
    },
    options,
  );
}

function owned({ name, type, mode, uid, gid, mtime }: EntryHeader, size: number): EntryHeader {
  return { name, size, ...defined({ type, mode, uid, gid, mtime }) };
}

function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}

async function addEntry(archive: Pack, header: EntryHeader, content?: Readable): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    pipeline(content ?? Readable.from([]), entry).catch(reject);
  });
}
