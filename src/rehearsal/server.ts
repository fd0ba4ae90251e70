import type { ComposeService } from '../compose/model/model.ts';
import type { DatabaseConfig } from '../config/database.ts';
import type { Observation } from '../database/observation.ts';
import type { ContainerStreams, SavedProgram } from '../system/docker/container-streams.ts';

/** A database server inside a container. */
export interface Place {
  streams: ContainerStreams;
  /** Id of its container. */
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
  original: Place;
  /** A container of the same image and settings with an empty volume, created and not started. */
  copy: Place;
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
  /**
   * Looks a last time and tells all of it, but for the doings of whom `serviceAt` does not know.
   */
  end(serviceAt: ServiceAt): Promise<Observation>;
}

/** A part of a backup: a program whose output, with what stands around it, restores tables as they are now. */
export type Dump = Omit<SavedProgram, 'container' | 'input'> & {
  /** What the tables take in the database, where that is known: their dump takes hardly more. */
  bytes?: number;
};

/** A kind of database server: how it is copied and watched. The next kind is one more of these. */
export interface Server {
  /** Where it keeps its files, so that the copy's are on a volume of their own. */
  dataDirectory(original: Place): Promise<string>;
  measure(place: Place): Promise<Size>;
  /**
   * Makes the copy hold what the original holds, online: the original is neither locked nor changed. Ends with the copy
   * started and answering. Throws `not-rehearsed` where that cannot be done.
   */
  copy(job: CopyJob): Promise<void>;
  /** Takes the first look at a copy and begins to note what is done to it. */
  watch(copy: Place): Promise<Watch>;
  /** Whether nothing is at work in it: no statement of anybody under way. */
  isQuiet(copy: Place): Promise<boolean>;
  /** Ends what a rehearsal that was killed left at work in the original. */
  clear(original: Place): Promise<void>;
  /** What restores these tables as they are now, one part after the other; nothing where none of them is there. */
  dump(original: Place, tables: readonly string[]): Promise<readonly Dump[]>;
  /** The program in the same container that reads all that, without a password. */
  reader(original: Place): Promise<readonly string[]>;
}
