import { type EntryHeader, readArchive } from '../../system/docker/container-archive.ts';
import type { Archive } from '../../system/docker/container-ends.ts';
import type { ContainerStreams, StreamOptions } from '../../system/docker/container-streams.ts';
import { HEAD, isSqlite } from './file-state.ts';
import { firstBytes } from './read-file.ts';

/** An SQLite database below a folder. */
export interface FoundFile {
  /** Relative to the folder. */
  path: string;
  header: EntryHeader;
  /** The folders that it is in, the outermost first. */
  parents: readonly EntryHeader[];
}

/** A folder of uploads can be of any size: what comes after this many bytes is not looked at. */
const MOST_READ = 1_000_000_000;

/**
 * Finds the SQLite databases in a folder of a container by their first bytes, and skips all else. `isWhole`: the whole
 * folder was read.
 */
export async function findSqliteFiles(
  streams: ContainerStreams,
  { container, path }: Archive,
  options: StreamOptions,
): Promise<{ files: FoundFile[]; isWhole: boolean }> {
  const folders = new Map<string, EntryHeader>();
  const files: FoundFile[] = [];
  let passed = 0;
  let isWhole = true;
  await readArchive(
    streams,
    { container, path: `${path}/.` },
    async (header, content) => {
      const name = relative(header.name);
      if (header.type === 'directory') folders.set(name, header);
      if (header.type !== 'file' || (header.size ?? 0) < HEAD) return undefined;
      if (isSqlite(await firstBytes(content, HEAD))) {
        files.push({ path: name, header, parents: parentsOf(name, folders) });
        return undefined;
      }
      passed += header.size ?? 0;
      isWhole = passed <= MOST_READ;
      return isWhole ? undefined : 'enough';
    },
    options,
  );
  return { files, isWhole };
}

function parentsOf(path: string, folders: ReadonlyMap<string, EntryHeader>): EntryHeader[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, at) => parts.slice(0, at + 1).join('/'))].flatMap(
    (folder) => folders.get(folder) ?? [],
  );
}

/** `./sub/` is `sub`. */
function relative(name: string): string {
  return name.replace(/^\.\/?/, '').replace(/\/$/, '');
}
