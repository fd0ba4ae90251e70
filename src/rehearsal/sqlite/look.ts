import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type FileLook, HEAD } from '../../database/sqlite/file.ts';
import { type EntryHeader, readArchive } from '../../system/docker/container-archive.ts';
import type { Archive } from '../../system/docker/container-ends.ts';
import type { ContainerStreams, StreamOptions } from '../../system/docker/container-streams.ts';

/** The beginning of a stream; the rest passes by. */
export async function firstBytes(content: Readable, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let have = 0;
  content.on('data', (chunk: Buffer) => {
    if (have < length) chunks.push(chunk.subarray(0, length - have));
    have += chunk.length;
  });
  await new Promise((resolve, reject) => content.once('end', resolve).once('error', reject));
  return Buffer.concat(chunks);
}

/** Looks at a file's beginning; `undefined` where there is none. */
export async function lookAt(
  streams: ContainerStreams,
  from: Archive,
  options: StreamOptions,
): Promise<FileLook | undefined> {
  return await readFile(streams, from, options, async (content) => {
    for await (const chunk of content) return (chunk as Buffer).subarray(0, HEAD);
    return Buffer.alloc(0);
  });
}

/** Copies a file to this machine and tells how it began. */
export async function download(
  streams: ContainerStreams,
  from: Archive,
  to: string,
  options: StreamOptions,
): Promise<FileLook | undefined> {
  return await readFile(streams, from, options, async (content) => {
    let head = Buffer.alloc(0);
    await pipeline(
      content,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          if (head.length < HEAD) head = Buffer.concat([head, chunk]).subarray(0, HEAD);
          yield chunk;
        }
      },
      createWriteStream(to, { mode: 0o600 }),
    );
    return head;
  });
}

async function readFile(
  streams: ContainerStreams,
  from: Archive,
  options: StreamOptions,
  read: (content: Readable) => Promise<Buffer>,
): Promise<FileLook | undefined> {
  let seen: FileLook | undefined;
  await readArchive(
    streams,
    from,
    async (header: EntryHeader, content) => {
      if (header.type !== 'file') return 'enough';
      const [size, modified] = [header.size ?? 0, header.mtime?.getTime() ?? 0];
      seen = { size, modified, head: await read(content) };
      return 'enough';
    },
    options,
  );
  return seen;
}
