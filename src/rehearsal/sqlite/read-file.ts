import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CanaryError } from '../../errors.ts';
import { open } from '../../system/disk.ts';
import { readArchive } from '../../system/docker/container-archive.ts';
import type { Archive } from '../../system/docker/container-ends.ts';
import type { ContainerStreams, StreamOptions } from '../../system/docker/container-streams.ts';
import { freeBytes } from '../../system/files.ts';
import { type FileState, HEAD } from './file-state.ts';

/** The beginning of a stream; the rest is discarded. */
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

/** Looks at a file of a container; `undefined` if there is none. */
export async function readState(
  streams: ContainerStreams,
  from: Archive,
  options: StreamOptions,
  read: (content: Readable, size: number) => Promise<Buffer> = firstChunk,
): Promise<FileState | undefined> {
  let state: FileState | undefined;
  await readArchive(
    streams,
    from,
    async ({ type, size = 0, mtime }, content) => {
      if (type === 'file')
        state = { size, modified: mtime?.getTime() ?? 0, head: await read(content, size) };
      return 'enough';
    },
    options,
  );
  return state;
}

/**
 * The same, and copies the file to this machine. A boot can make a file of any size out of nothing, by a hole in it:
 * throws `not-rehearsed` for one that would take most of what is free.
 */
export function download(
  streams: ContainerStreams,
  from: Archive,
  to: string,
  options: StreamOptions,
): Promise<FileState | undefined> {
  return readState(streams, from, options, async (content, size) => {
    const free = await freeBytes(dirname(to));
    if (2 * size > free) throw tooLarge(from.path, size, free);
    let head = Buffer.alloc(0);
    const file = await open(to, 'w', 0o600);
    await pipeline(
      content,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          if (head.length < HEAD) head = Buffer.concat([head, chunk]).subarray(0, HEAD);
          yield chunk;
        }
      },
      file.createWriteStream(),
    );
    return head;
  });
}

function tooLarge(path: string, size: number, free: number): CanaryError {
  const megabytes = (amount: number) => `${Math.ceil(amount / 1e6).toLocaleString('en-US')} MB`;
  return new CanaryError(
    'not-rehearsed',
    `${path} in a container has ${megabytes(size)} now; this machine has ${megabytes(free)} free.`,
    { hint: 'Find out what makes it so large, or set `database.rehearse: off`.' },
  );
}

async function firstChunk(content: Readable): Promise<Buffer> {
  for await (const chunk of content) return (chunk as Buffer).subarray(0, HEAD);
  return Buffer.alloc(0);
}
