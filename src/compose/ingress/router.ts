import type { Router } from '../../config/service.ts';
import type { TraefikRouter } from './traefik.ts';

/** A router that finds a service by its labels or its environment, and how the proxy comes between. */
export interface RouterIngress {
  kind: Router;
  /** Where the service listens, as the router is told. */
  port: number | undefined;
  /** Of Traefik: the routers for which the proxy has one of its own. */
  routers: readonly TraefikRouter[];
  /** Ways that stay with the stable, each with the reason. */
  left: readonly string[];
}

/** What people call it. */
export const ROUTER_NAMES: Readonly<Record<Router, string>> = {
  traefik: 'Traefik',
  'nginx-proxy': 'nginx-proxy',
};

/** How users reach a service there, in words. */
export function throughRouter(kind: Router): string {
  const by = kind === 'traefik' ? 'labels' : 'environment';
  return `through ${ROUTER_NAMES[kind]}, by its ${by}`;
}
