import type { RehearsalRecord } from '../database/record.ts';
import type { ReleaseState } from '../rollout/events.ts';
import type { ImageSource } from '../rollout/source.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';
import type { EvidenceStatus, Schedule, Traffic } from './live.ts';

/** Where users reach a service, and where only its canary responds. */
export interface EntryAddress {
  service: string;
  /** The first address for users, such as `http://localhost:3000`. */
  address: string;
  /** Every address for users: one for each host address at which its port is published. */
  addresses: string[];
  /**
   * An address on this machine that always leads to the canary; `null` if canary.yaml has no
   * `preview`.
   */
  preview: string | null;
}

/** The containers of one service. */
export interface ServiceStatus {
  name: string;
  /** The image of its first container; empty if there is none. */
  image: string;
  containers: {
    /** The first 12 characters of the engine's id. */
    id: string;
    /** The engine's word, such as `running`. */
    state: string;
    /** `none` if the service has no health check. */
    health: string;
    /** How often the engine restarted it. */
    restarts: number;
  }[];
}

/** The release whose canary runs, or the last one that ended without being promoted. */
export interface ReleaseStatus {
  id: string;
  /** The branch; empty for images that were built elsewhere. */
  branch: string;
  /** The commit; for images, a digest of what they are. */
  commit: string;
  /** The images, if they were built elsewhere; `null` for a branch. */
  source: ImageSource | null;
  /** The subject of the commit. */
  subject: string;
  state: ReleaseState;
  /** The reason for its state, in one sentence. */
  reason: string;
  /** The current step of canary.yaml, from 1; 0 before the first. */
  step: number;
  /** The number of steps. */
  steps: number;
  /** When the release began. */
  startedAt: string;
  /** Its steps, unless the operator sets the weight by hand. */
  schedule: Schedule | null;
  /** Only with `--watch`, and once the judge has seen users; else `null`. */
  evidence: EvidenceStatus | null;
  weight: {
    /** The share of users that the canary should get, in percent. */
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
    /** Failures of the canary that no user saw, because the stable answered. */
    shielded: number;
  };
  /**
   * Requests for hashed assets that the user's side lacked, so that the other side was asked. They
   * are not part of `requests` or `failures`, and have no influence on the verdict.
   */
  assets: number;
  /** The latest verdict of its analysis; `null` before the first. */
  verdict: ReleaseVerdict | null;
  /** What its first boot did to a copy of the shared databases; `null` if it was not rehearsed. */
  rehearsal: RehearsalRecord | null;
  services: ServiceStatus[];
}

/** The current state: what runs, how users are split, and how the release is doing. */
export interface Status {
  version: 1;
  project: string;
  stable: {
    branch: string;
    /** The commit that the stable was built from; `null` if it is not known. */
    commit: string | null;
    services: ServiceStatus[];
  };
  proxy: {
    state: 'running' | 'unreachable' | 'stopped' | 'absent';
    entries: EntryAddress[];
    /** Services whose stable the proxy cannot reach: their users get errors. */
    silent: readonly string[];
  };
  release: ReleaseStatus | null;
  /** What users met in the last minutes: only with `--watch`, while the proxy runs; else `null`. */
  traffic: Traffic | null;
  /** The command that is changing the project now. */
  lock: LockHolder | null;
}

/** The process that holds the project's lock. */
export interface LockHolder {
  command: string;
  /** The user who runs it. */
  owner: string;
  pid: number;
  host: string;
  /** When it took the lock, in ISO 8601. */
  start: string;
}
