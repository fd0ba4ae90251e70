import type { EntryAddress } from './status.ts';

/** The proxy in front of the services. */
export interface UpResult {
  project: string;
  /** False where it was there already. */
  changed: boolean;
  entries: EntryAddress[];
}

/** What `down` took away. */
export interface DownResult {
  project: string;
  /** False where there was no proxy and no canary. */
  changed: boolean;
}

/** The choice of services that `init` wrote. */
export interface InitResult {
  /** The path of canary.yaml. */
  path: string;
  /** False when the file was there already and was left as it is. */
  written: boolean;
  commit: string | null;
  branch: string | null;
  services: {
    service: string;
    /** The port that users reach, `null` for a service that only other services call. */
    entry: number | null;
    why: string;
  }[];
  /** What one might expect in the canary and is left to the stable. */
  left: { service: string; why: string }[];
}

/** What `doctor` looked at, in the order it looked. */
export interface DoctorResult {
  version: 1;
  findings: Diagnosis[];
}

/** One thing canary needs, and how it is. */
export interface Diagnosis {
  /** Such as `engine`, `compose`, `proxy`, `git`, `disk`, `clock`. */
  name: string;
  ok: boolean;
  /** What was found. */
  text: string;
  /** What to do about it. */
  hint: string | null;
}

/** The override canary would use. */
export interface RenderResult {
  /** Compose YAML. */
  override: string;
}
