import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Headers, Pack } from 'tar-stream';
import { CanaryError, hasCode, messageOf } from '../../errors.ts';
import type { Archive } from './container-ends.ts';
import type { ContainerStreams, StreamOptions } from './container-streams.ts';

export type EntryHeader = Headers;

/** Reads one entry of an archive; what it does not read is skipped. `enough`: the rest is not read. */
export type TakeEntry = (header: EntryHeader, content: Readable) => Promise<'enough' | undefined>;

/** Reads a path of a container, entry by entry. `false`: there is no such path. */
export async function readArchive(
  streams: ContainerStreams,
  from: Archive,
  take: TakeEntry,
  options: StreamOptions = {},
): Promise<boolean> {
  const { default: tar } = await import('tar-stream');
  let damage: unknown;
  try {
    await streams.read(
      from,
      async (content) => {
        const entries = tar.extract();
        entries.once('error', (error: unknown) => {
          damage = error;
        });
        content.once('error', (error) => entries.destroy(error));
        content.pipe(entries);
        for await (const entry of entries) {
          if ((await take(entry.header, entry as unknown as Readable)) === 'enough') return;
          entry.resume();
        }
      },
      options,
    );
    return true;
  } catch (error) {
    if (isMissingPath(error)) return false;
    throw damage !== undefined && error === damage ? damaged(error) : error;
  }
}

/** Puts entries below a folder of a container, with their owners and modes. */
export async function writeArchive(
  streams: ContainerStreams,
  to: Archive,
  give: (archive: Pack) => Promise<void>,
  options: StreamOptions = {},
): Promise<void> {
  const { default: tar } = await import('tar-stream');
  await streams.write(
    to,
    async (sink) => {
      const archive = tar.pack();
      await Promise.all([
        pipeline(archive as unknown as Readable, sink),
        give(archive).then(() => archive.finalize()),
      ]);
    },
    options,
  );
}

function damaged(cause: unknown): CanaryError {
  return new CanaryError('command-failed', 'The engine gave no whole archive of a container.', {
    details: [messageOf(cause)],
    cause,
  });
}

function isMissingPath(error: unknown): boolean {
  return (
    hasCode(error, 'command-failed') &&
    error.details.some((line) => /could not find the file|no such container:path/i.test(line))
  );
}
