import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import { createReadStream, stat } from '../../system/disk.ts';
import { type EntryHeader, writeArchive } from '../../system/docker/container-archive.ts';
import type { Archive } from '../../system/docker/container-ends.ts';
import type { ContainerStreams, StreamOptions } from '../../system/docker/container-streams.ts';
import type { FoundFile } from './find-databases.ts';

/** Puts a file below a container's folder where `found` was, with its owner and mode, and its folders with theirs. */
export async function putFile(
  streams: ContainerStreams,
  to: Archive,
  found: FoundFile,
  local: string,
  options: StreamOptions,
): Promise<void> {
  const { size } = await stat(local);
  await writeArchive(
    streams,
    to,
    async (archive) => {
      for (const folder of found.parents) await addEntry(archive, owned(folder, 0));
      await addEntry(archive, owned(found.header, size), createReadStream(local));
    },
    options,
  );
}

function owned({ name, type, mode, uid, gid, mtime }: EntryHeader, size: number): EntryHeader {
  return { name, size, type, mode, uid, gid, mtime } as EntryHeader;
}

async function addEntry(archive: Pack, header: EntryHeader, content?: Readable): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    pipeline(content ?? Readable.from([]), entry).catch(reject);
  });
}
