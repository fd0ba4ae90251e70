import type { RehearsalRecord } from '../database/record.ts';
import type { ReleaseState } from '../rollout/events.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';

/** Where users reach a service, and where its canary alone can be seen. */
export interface EntryAddress {
  service: string;
  /** Such as `http://localhost:3000`. */
  address: string;
  /** An address on this machine that always leads to the canary; `null` where canary.yaml asks for none. */
  preview: string | null;
}

/** What runs of one service. */
export interface ServiceStatus {
  name: string;
  /** The image of its first container, empty where there is none. */
  image: string;
  containers: {
    /** The first 12 characters of the engine's id. */
    id: string;
    /** As the engine says it, such as `running`. */
    state: string;
    /** `none` where the service has no health check. */
    health: string;
  }[];
}

/** The release whose canary runs, or that ended last without becoming the stable. */
export interface ReleaseStatus {
  id: string;
  branch: string;
  commit: string;
  /** The subject of the commit. */
  subject: string;
  state: ReleaseState;
  /** Why it is in that state, one sentence. */
  reason: string;
  /** The step of canary.yaml that is in force, from 1; 0 before the first. */
  step: number;
  /** How many steps there are. */
  steps: number;
  weight: {
    /** The share of users that the canary is given, in percent. */
    set: number;
    /** Its share of requests since the weight was last set, in percent; `null` before the first request. */
    measured: number | null;
  };
  /** Requests since the release began. */
  requests: { stable: number; canary: number };
  /** Failed requests since the release began. */
  failures: {
    stable: number;
    canary: number;
    /** Failures of the canary that no user met, because the stable answered. */
    shielded: number;
  };
  /** The latest verdict of its analysis; `null` before the first. */
  verdict: ReleaseVerdict | null;
  /** What its first boot did to a copy of the shared databases; `null` where it was not rehearsed. */
  rehearsal: RehearsalRecord | null;
  services: ServiceStatus[];
}

/** The present: what runs, who gets what, and how it goes. */
export interface Status {
  version: 1;
  project: string;
  stable: {
    branch: string;
    /** The commit the stable was built from; `null` where that is not known. */
    commit: string | null;
    services: ServiceStatus[];
  };
  proxy: { state: string; entries: EntryAddress[] };
  release: ReleaseStatus | null;
  /** The command that is changing the project now. */
  lock: LockHolder | null;
}

/** Who holds the project's lock. */
export interface LockHolder {
  command: string;
  /** The user who runs it. */
  owner: string;
  pid: number;
  host: string;
  /** When that process started, as its machine counts it. */
  start: string;
}
