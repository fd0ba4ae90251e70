import type { EntryAddress } from './status.ts';

/** The proxy in front of the services. */
export interface UpResult {
  project: string;
  /** False if it was already there. */
  changed: boolean;
  entries: EntryAddress[];
  /** Whether `deploy` raises the share of users by itself, by the steps in canary.yaml. */
  hasSteps: boolean;
}

/** What `down` removed. */
export interface DownResult {
  project: string;
  /** False if there was no proxy and no canary. */
  changed: boolean;
}

/** The choice of services that `init` wrote. */
export interface InitResult {
  /** The path of canary.yaml. */
  path: string;
  /** False if the file already existed and was not changed. */
  written: boolean;
  commit: string | null;
  branch: string | null;
  services: {
    service: string;
    /** The port that users reach; `null` for a service that only other services call. */
    entry: number | null;
    why: string;
  }[];
  /** Services that one might expect in the canary but that stay with the stable. */
  left: { service: string; why: string }[];
  /** The steps in canary.yaml; none if the weight is set by hand. `for`: a duration such as `10m`. */
  steps: { weight: number; for: string }[];
  /** Whether the canary becomes the stable after the last step, or a person decides. */
  promote: 'auto' | 'manual';
}

/** What `doctor` checked, in order. */
export interface DoctorResult {
  version: 1;
  findings: Diagnosis[];
}

/** One requirement of canary, and its state. */
export interface Diagnosis {
  /** The name of the check, such as `engine`, `compose`, `proxy`, `git`, `disk`, `clock`. */
  name: string;
  ok: boolean;
  /** What was found. */
  text: string;
  /** What to do about it; `null` if there is nothing to do. */
  hint: string | null;
}

/** The override canary would use. */
export interface RenderResult {
  /** Compose YAML. */
  override: string;
}
