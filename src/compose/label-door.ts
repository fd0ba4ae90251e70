import type { Router } from '../config/doors.ts';
import { CanaryError } from '../errors.ts';
import type { Door } from './doors.ts';
import type { ComposeModel } from './model.ts';
import { nginxProxyRoutes } from './routers/nginx-proxy.ts';
import { ROUTER_NAMES, type RouterDoor } from './routers/router.ts';
import { traefikRoutes } from './routers/traefik.ts';

interface Choice {
  labels: Router;
  port?: number | undefined;
  preview?: number | undefined;
  protocol?: string | undefined;
}

/** The door of a service that a router finds by what the service says of itself; throws `caller-unusable` with the reason. */
export function labelDoor(name: string, choice: Choice, model: ComposeModel): Door | undefined {
  if (!model.services[name]) return undefined;
  const found = routerDoor(name, choice, model);
  if (typeof found !== 'string')
    return { kind: 'labels', callers: [], names: [], preview: choice.preview, router: found };
  throw new CanaryError(
    'caller-unusable',
    `The proxy cannot come between ${ROUTER_NAMES[choice.labels]} and \`${name}\`: ${found}.`,
    {
      hint: 'Let the router forward to the name and use `behind`, or publish a port and use `entry`.',
    },
  );
}

function routerDoor(name: string, choice: Choice, model: ComposeModel): RouterDoor | string {
  const kind = choice.labels;
  if (kind === 'traefik') {
    const routes = traefikRoutes(model, name, choice);
    return typeof routes === 'string' ? routes : { kind, ...routes };
  }
  const routes = nginxProxyRoutes(model, name);
  return typeof routes === 'string' ? routes : { kind, ...routes, routers: [], left: [] };
}
