import type { UserChange } from '../proxy/user-map.ts';
import type { ReleasedImage } from './source.ts';

/** Which side of a split a container is on. */
export type Side = 'stable' | 'canary';

/**
 * The role of a container of the slice: one of the two sides, or a fresh clone of the stable beside
 * the canary.
 */
export type Role = Side | 'baseline';

/** By service, how many containers it should have. */
export type ReplicaCounts = Readonly<Record<string, number>>;

/** The operations of a plan. Each is safe to repeat. */
export type OperationAction =
  | { kind: 'start-stable'; services: readonly string[] }
  | { kind: 'take-ports'; services: readonly string[] }
  | { kind: 'start-proxy' }
  /** Makes what plain Compose takes for these services; `commit`: what the stable runs now, if the plan replaces it. */
  | { kind: 'place-stand-ins'; services: readonly string[]; commit?: string | undefined }
  | { kind: 'remove-stand-ins'; services: readonly string[] }
  /**
   * Recreates callers with the current links, which lead them to the proxy if it has an ingress for
   * them.
   */
  | { kind: 'link-callers'; services: readonly string[] }
  | { kind: 'unlink-callers'; services: readonly string[] }
  /** Restarts callers that keep the address that a name had when they started. */
  | { kind: 'restart-callers'; services: readonly string[] }
  | { kind: 'reload-proxy' }
  /** Applies to users whose side no rule chooses; the others go where the rules say. */
  | { kind: 'set-weight'; weight: number }
  /** Overrides weight and rules. */
  | { kind: 'send-everyone'; to: Side }
  /** Only counts of listed users, never who they are, because operations are shown and stored. */
  | ({ kind: 'set-users' } & UserChange)
  | { kind: 'drain'; side: Side; services: readonly string[] }
  | { kind: 'build'; services: readonly string[]; commit: string }
  /** Pulls images that were built elsewhere, by digest, and keeps each by a name of canary's own. */
  | { kind: 'pull'; images: readonly ReleasedImage[]; commit: string }
  /** Boots the canary on temporary copies of the shared databases, and reads what it changed. */
  | { kind: 'rehearse'; services: readonly string[]; databases: readonly string[]; commit: string }
  /** Runs the migration of the commit, once per release. */
  | { kind: 'migrate'; service: string; commit: string }
  /** Backs up the tables that the canary's boot will change. */
  | { kind: 'backup'; databases: readonly string[] }
  /** Starts as many containers as each definition asks for, or `counts`. */
  | { kind: 'start-canary'; services: readonly string[]; commit: string; counts?: ReplicaCounts }
  /** Starts more containers beside those that already serve users. */
  | { kind: 'grow-canary'; services: readonly string[]; commit: string; counts: ReplicaCounts }
  /** Starts one fresh clone of each service's stable. */
  | { kind: 'start-baseline'; services: readonly string[] }
  | { kind: 'arm-breaker'; services: readonly string[] }
  | { kind: 'await-ready'; side: Role; services: readonly string[] }
  /** Sends the canary the requests of its future users, before its first user. */
  | { kind: 'check-canary'; services: readonly string[] }
  | { kind: 'replace-stable'; services: readonly string[]; commit: string }
  | { kind: 'refresh-stable'; services: readonly string[] }
  | { kind: 'advance-branch'; branch: string; commit: string }
  /** Writes which images are the stable's to the file from which plain Compose reads it. */
  | { kind: 'set-variables'; file: string; lines: readonly string[]; commit: string }
  | { kind: 'restore-stable'; services: readonly string[]; commit: string }
  /** Removes the canary with its baseline. */
  | { kind: 'retire-canary'; services: readonly string[] }
  | { kind: 'stop-proxy' }
  | { kind: 'return-ports'; services: readonly string[] };

/** The operations of one kind. */
export type OperationOf<Kind extends OperationAction['kind']> = Extract<
  OperationAction,
  { kind: Kind }
>;

/** An operation, and the reason for it. */
export type Operation = OperationAction & { cause: string };

export type Plan = readonly Operation[];
