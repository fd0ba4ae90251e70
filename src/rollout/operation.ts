import type { UserChange } from '../proxy/user-map.ts';

/** Which side of a split a container is on. */
export type Side = 'stable' | 'canary';

/** What a container of the slice is: of a side, or a fresh clone of the stable beside the canary. */
export type Role = Side | 'baseline';

/** How many containers a service is to have. */
export type ReplicaCounts = Readonly<Record<string, number>>;

/** What a plan can contain. Each operation is safe to repeat. */
export type OperationAction =
  | { kind: 'start-stable'; services: readonly string[] }
  | { kind: 'take-ports'; services: readonly string[] }
  | { kind: 'start-proxy' }
  /** Makes callers anew by today's definition, which leads them to the proxy where that has a ingress for them. */
  | { kind: 'link-callers'; services: readonly string[] }
  | { kind: 'unlink-callers'; services: readonly string[] }
  /** Restarts callers that keep the address a name had when they started. */
  | { kind: 'restart-callers'; services: readonly string[] }
  | { kind: 'reload-proxy' }
  /** Of the users whom no rule chooses a side for; the others go where rules say. */
  | { kind: 'set-weight'; weight: number }
  /** Whatever weight and rules say. */
  | { kind: 'send-everyone'; to: Side }
  /** Counts of users in lists, never who they are: operations are shown and stored. */
  | ({ kind: 'set-users' } & UserChange)
  | { kind: 'drain'; side: Side; services: readonly string[] }
  | { kind: 'build'; services: readonly string[]; commit: string }
  /** Boots the canary on throw-away copies of the shared databases, and reads what it did. */
  | { kind: 'rehearse'; services: readonly string[]; databases: readonly string[]; commit: string }
  /** Runs the migration of the commit, once a release. */
  | { kind: 'migrate'; service: string; commit: string }
  /** Keeps the tables that the canary's boot will change, as they are. */
  | { kind: 'backup'; databases: readonly string[] }
  /** As many containers as each definition says, or `counts`. */
  | { kind: 'start-canary'; services: readonly string[]; commit: string; counts?: ReplicaCounts }
  /** More containers beside those that serve users. */
  | { kind: 'grow-canary'; services: readonly string[]; commit: string; counts: ReplicaCounts }
  /** One fresh clone of the stable of each. */
  | { kind: 'start-baseline'; services: readonly string[] }
  | { kind: 'arm-breaker'; services: readonly string[] }
  | { kind: 'await-ready'; side: Role; services: readonly string[] }
  /** Asks it what its users will ask, before the first of them. */
  | { kind: 'check-canary'; services: readonly string[] }
  | { kind: 'replace-stable'; services: readonly string[]; commit: string }
  | { kind: 'refresh-stable'; services: readonly string[] }
  | { kind: 'advance-branch'; branch: string; commit: string }
  | { kind: 'restore-stable'; services: readonly string[]; commit: string }
  /** With its baseline. */
  | { kind: 'retire-canary'; services: readonly string[] }
  | { kind: 'stop-proxy' }
  | { kind: 'return-ports'; services: readonly string[] };

/** The operations of one kind. */
export type OperationOf<Kind extends OperationAction['kind']> = Extract<
  OperationAction,
  { kind: Kind }
>;

/** An operation and why it is there. */
export type Operation = OperationAction & { cause: string };

export type Plan = readonly Operation[];
