import type { Router } from '../../config/sections/service.ts';
import { CanaryError } from '../../errors.ts';
import type { ComposeModel } from '../model/model.ts';
import { nginxProxyRoutes } from './nginx-proxy.ts';
import { ROUTER_NAMES, type RouterIngress } from './router.ts';
import { traefikRoutes } from './traefik.ts';

interface Choice {
  labels: Router;
  port?: number | undefined;
  protocol?: string | undefined;
}

/**
 * How a router finds a service by its labels or environment; throws `caller-unusable` if the proxy
 * cannot be placed between.
 */
export function ingressByLabels(name: string, choice: Choice, model: ComposeModel): RouterIngress {
  const found = routerIngress(name, choice, model);
  if (typeof found !== 'string') return found;
  throw new CanaryError(
    'caller-unusable',
    `The proxy cannot come between ${ROUTER_NAMES[choice.labels]} and \`${name}\`: ${found}.`,
    {
      hint: 'Let the router forward to the name and use `behind`, or publish a port and use `entry`.',
    },
  );
}

function routerIngress(name: string, choice: Choice, model: ComposeModel): RouterIngress | string {
  const kind = choice.labels;
  if (kind === 'traefik') {
    const routes = traefikRoutes(model, name, choice);
    return typeof routes === 'string' ? routes : { kind, ...routes };
  }
  const routes = nginxProxyRoutes(model, name);
  return typeof routes === 'string' ? routes : { kind, ...routes, routers: [], left: [] };
}
