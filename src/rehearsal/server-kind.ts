import type { ComposeService } from '../compose/model/model.ts';
import type { DatabaseConfig } from '../config/sections/database.ts';
import type { Asked, AskedStatement } from '../database/asked.ts';
import type { Observation, Origin } from '../database/observation.ts';
import type { ContainerStreams, SavedProgram } from '../system/docker/container-streams.ts';

/**
 * A kind of database server: how it is copied, watched and backed up. To add one:
 *
 * 1. A word for it in `ServerKind` and its signs in `SIGNS` (`src/database/kind.ts`): how a compose file shows it.
 * 2. A folder beside this file with a `Server`, and a line in `server-kinds.ts`. Divide it as the others do:
 *    `client.ts` asks the server inside its container, where the password stays; `copy.ts` and `dump.ts` make the copy
 *    and the backup; `snapshot.ts` reads what it holds, as the `Snapshot` that all kinds share
 *    (`src/database/snapshot.ts`); `watch.ts` takes one before and one after, and returns them with what was logged in
 *    between as an `Observation` (`src/database/observation.ts`).
 * 3. Its place in `FLOORS` of `.dependency-cruiser.cjs`, its type names in `src/database/compare/column-type.ts`, and
 *    `docs/explanation/rehearsal.md`. A test expects that a server without a kind cannot be rehearsed: `kind.test.ts`.
 *
 * What all of it means, and what may pass, is then decided as for every kind: `src/database/findings.ts`.
 * `sqlite/` is not one of these: its databases are files that services share, not a server.
 */
export interface Server {
  /** As users know it. */
  readonly name: string;
  /** Where it keeps its files, so that the copy's are on their own volume. */
  dataDirectory(original: ServerContainer): Promise<string>;
  measure(original: ServerContainer): Promise<Size>;
  /**
   * Makes the copy hold what the original holds, online: the original is neither locked nor changed. Ends with the copy
   * started and answering. Throws `not-rehearsed` if that is impossible.
   */
  copy(job: CopyJob): Promise<void>;
  /**
   * Takes the first look at a copy and begins to log what is done to it; also again, after the end of
   * another watch. `asked`: what is also tried before and after.
   */
  watch(copy: ServerContainer, asked?: readonly AskedStatement[]): Promise<Watch>;
  /** Begins to find out what production asks; absent where that is not known. The original is only read. */
  listen?(original: ServerContainer): Promise<Listening>;
  /** Whether it runs no statement, except those from some addresses. */
  isQuiet(copy: ServerContainer, besides: readonly string[]): Promise<boolean>;
  /** Ends what a killed rehearsal left running in the original. */
  clear(original: ServerContainer): Promise<void>;
  /** What restores these tables as they are now, one part after the other; nothing if none of them exists. */
  dump(original: ServerContainer, tables: readonly string[]): Promise<readonly Dump[]>;
  /** The program in the same container that reads these dumps, without a password. */
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
  /** A container of the same image and settings with an empty volume, created but not started. */
  copy: ServerContainer;
  /** Starts that container, once; resolves when the server answers. */
  start(): Promise<void>;
  data: DatabaseConfig['data'];
  /** Rows of each table in a sample. */
  sample: number;
  onBytes: (total: number) => void;
}

/** Which service of the stage had an address at a moment (milliseconds since the epoch); `undefined` for all others. */
export type ServiceAt = (address: string, at?: number) => Sender | undefined;

/** Who sends statements to a copy. */
export type Sender = Pick<Origin, 'service' | 'isStable'>;

/** Ends with what was heard. */
export interface Listening {
  end(): Promise<Asked>;
}

/** A copy that is watched. */
export interface Watch {
  /** Looks a last time and returns all of it, except actions of services that `serviceAt` does not know. */
  end(serviceAt: ServiceAt): Promise<Observation>;
}

/** A part of a backup: a program whose output, with what stands around it, restores tables as they are now. */
export type Dump = SavedProgram & {
  /** What the tables take in the database, if that is known: their dump takes hardly more. */
  bytes?: number;
};
