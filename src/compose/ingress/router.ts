import type { Router } from '../../config/sections/service.ts';
import type { TraefikRouter } from './traefik.ts';

/**
 * A router that finds a service by its labels or environment, and how the proxy is placed between.
 */
export interface RouterIngress {
  kind: Router;
  /** The port on which the service listens, as the router knows it. */
  port: number | undefined;
  /** For Traefik: the routers for which the proxy gets its own router. */
  routers: readonly TraefikRouter[];
  /** Routes that stay with the stable, each with the reason. */
  left: readonly string[];
}

/** The names of the routers in messages. */
export const ROUTER_NAMES: Readonly<Record<Router, string>> = {
  traefik: 'Traefik',
  'nginx-proxy': 'nginx-proxy',
};

/** How users reach a service through the router, in words. */
export function throughRouter(kind: Router): string {
  const by = kind === 'traefik' ? 'labels' : 'environment';
  return `through ${ROUTER_NAMES[kind]}, by its ${by}`;
}
