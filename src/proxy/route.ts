/** Answers failed requests of the canary by the stable; `maxShare` of the canary's requests in percent at most. */
export interface Shield {
  maxShare: number;
  /** Beginnings of the paths it is for; every path when there are none. */
  paths: readonly string[];
}

/** Takes the canary out after so many failures in a row. */
export interface Breaker {
  failures: number;
}

/** One service as the proxy sees it. */
export interface Route {
  service: string;
  clone: string;
  port: number;
  /** Ports of the proxy itself, and what protects those who come there; absent where a service is only checked. */
  entry?: {
    port: number;
    preview: number | undefined;
    shield: Shield | false;
    breaker: Breaker | false;
    /** Who comes: users, users through another proxy of the stack, or only calls of other services. */
    from?: 'users' | 'edge' | 'services';
  };
  /** What other services call it by, on its own port; absent where they reach its stable. */
  hops?: readonly string[];
}

/** Replicas of a side that the proxy can know; each has a place that is empty until DNS names it. */
const MOST_REPLICAS = 20;

/** The canary as a whole: what its users' requests go through, whichever replica answers. */
export const CANARY_SERVER = 'canary';
/** What the servers of replicas are called, before their number. */
export const STABLE_REPLICA = 'stable';
const CANARY_REPLICA = 'replica';

// No service can be called like these.
export const entryName = (service: string) => `${service}:entry`;
export const previewName = (service: string) => `${service}:preview`;
/** The backend of the users who are on the canary. */
export const guardedName = (service: string) => `${service}:canary`;
/** The containers of the canary: a backend, and where the proxy itself asks for it. */
export const replicasName = (service: string) => `${service}:replicas`;

/** The places for the containers of the stable. */
export function stableReplicas({ service, port }: Route): string[] {
  // Two failed connections and no other between: out at once, until its next check.
  const place = `${service}:${port} weight 1 observe layer4 error-limit 2 on-error mark-down`;
  return [
    // Looked up at the start too, so that a proxy that starts has somebody to ask at once.
    `server ${STABLE_REPLICA}1 ${place} init-addr last,libc,none`,
    `server-template ${STABLE_REPLICA} 2-${MOST_REPLICAS} ${place}`,
  ];
}

/** The places for the containers of the canary. */
export function canaryReplicas({ clone, port }: Route, options: string): string {
  return `server-template ${CANARY_REPLICA} 1-${MOST_REPLICAS} ${clone}:${port} weight 1 ${options}`.trim();
}

/** The canary as one server, through the proxy itself: one to choose, to count and to take out. */
export function wholeCanary(service: string, options: string): string {
  return `server ${CANARY_SERVER} abns@${replicasName(service)} weight 0 ${options}`;
}

/** Whether callers may have said already whom they ask for; their word is kept. */
export function isAskedByProxies({ entry }: Route): boolean {
  return entry?.from === 'edge' || entry?.from === 'services';
}

/** A section of HAProxy's configuration. */
export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}
