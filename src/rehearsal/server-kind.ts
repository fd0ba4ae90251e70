import type { ComposeService } from '../compose/model/model.ts';
import type { DatabaseConfig } from '../config/database.ts';
import type { Observation } from '../database/observation.ts';
import type { ContainerStreams, SavedProgram } from '../system/docker/container-streams.ts';

/**
 * A kind of database server: how it is copied, watched and backed up. To add one:
 *
 * 1. A word for it in `ServerKind` and its signs in `SIGNS` (`src/database/kind.ts`): what it is known by in a compose file.
 * 2. A folder beside this file with one of these, and a line in `server-kinds.ts`. What the others have is a good division:
 *    `client.ts` asks the server inside its container, where the password stays; `copy.ts` and `dump.ts` make the copy
 *    and the backup; `snapshot.ts` reads what it holds, as the `Snapshot` that all kinds share
 *    (`src/database/snapshot.ts`); `watch.ts` takes one before and one after, and tells with what was noted in between
 *    what was seen, as an `Observation` (`src/database/observation.ts`).
 * 3. Its place in `FLOORS` of `.dependency-cruiser.cjs`, its names of types in `src/database/compare/column-type.ts`, and
 *    `docs/explanation/rehearsal.md`. A test expects that what has no kind cannot be rehearsed: `kind.test.ts`.
 *
 * What all of it means, and what may pass, is then said as for every kind: `src/database/findings.ts`.
 * `sqlite/` is none of these: its databases are files that services share, and no server.
 */
export interface Server {
  /** As people know it. */
  readonly name: string;
  /** Where it keeps its files, so that the copy's are on a volume of their own. */
  dataDirectory(original: ServerContainer): Promise<string>;
  measure(original: ServerContainer): Promise<Size>;
  /**
   * Makes the copy hold what the original holds, online: the original is neither locked nor changed. Ends with the copy
   * started and answering. Throws `not-rehearsed` where that cannot be done.
   */
  copy(job: CopyJob): Promise<void>;
  /** Takes the first look at a copy and begins to note what is done to it. */
  watch(copy: ServerContainer): Promise<Watch>;
  /** Whether nothing is at work in it: no statement of anybody under way. */
  isQuiet(copy: ServerContainer): Promise<boolean>;
  /** Ends what a rehearsal that was killed left at work in the original. */
  clear(original: ServerContainer): Promise<void>;
  /** What restores these tables as they are now, one part after the other; nothing where none of them is there. */
  dump(original: ServerContainer, tables: readonly string[]): Promise<readonly Dump[]>;
  /** The program in the same container that reads all that, without a password. */
  reader(original: ServerContainer): Promise<readonly string[]>;
}

/** The container of a database server. */
export interface ServerContainer {
  streams: ContainerStreams;
  /** Its id. */
  container: string;
  /** The service's definition; its environment holds credentials, which stay in memory. */
  definition: ComposeService;
  signal: AbortSignal;
}

/** How large a database is, in bytes, and how many a copy may take. */
export interface Size {
  bytes: number;
  free: number;
}

export interface CopyJob {
  original: ServerContainer;
  /** A container of the same image and settings with an empty volume, created and not started. */
  copy: ServerContainer;
  /** Starts that container, once; resolves when the server answers. */
  start(): Promise<void>;
  data: DatabaseConfig['data'];
  /** Rows of each table in a sample. */
  sample: number;
  onBytes: (total: number) => void;
}

/** Which service under rehearsal was at an address at a moment (milliseconds of the epoch); nobody else's is told. */
export type ServiceAt = (address: string, at?: number) => string | undefined;

/** A copy that is watched. */
export interface Watch {
  /** Looks a last time and tells all of it, but for the doings of whom `serviceAt` does not know. */
  end(serviceAt: ServiceAt): Promise<Observation>;
}

/** A part of a backup: a program whose output, with what stands around it, restores tables as they are now. */
export type Dump = SavedProgram & {
  /** What the tables take in the database, where that is known: their dump takes hardly more. */
  bytes?: number;
};
