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
  /** Ports of the proxy itself, and what protects users there; absent for inner services, which are only checked. */
  entry?: {
    port: number;
    preview: number | undefined;
    shield: Shield | false;
    breaker: Breaker | false;
  };
}

/** Names of the two servers of every backend. */
export const SERVER = { stable: 'stable', canary: 'canary' } as const;

export const entryName = (service: string) => `${service}:entry`;
export const previewName = (service: string) => `${service}:preview`;
/** The backend of the users who are on the canary. No service can be called so. */
export const guardedName = (service: string) => `${service}:canary`;

/** A section of HAProxy's configuration. */
export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}
