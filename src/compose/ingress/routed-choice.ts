import { ROUTERS, type Router } from '../../config/sections/service.ts';
import { CanaryError } from '../../errors.ts';
import { type ComposeModel, type ComposeService, listeningPort } from '../model/model.ts';
import type { ConfigurationFiles } from '../services/configuration-file.ts';
import { edgeKind, foundByLabels } from '../services/edge.ts';
import { portSaid } from '../services/find-edges.ts';
import { ingressByLabels } from './by-labels.ts';

/** How the proxy is placed between a service and the router that finds it. */
export interface RoutedChoice {
  labels: Router;
  /** The port on which it listens, if neither its labels nor its definition states it. */
  port: number | undefined;
  listens: number;
  because: string;
}

/**
 * The router that finds a service by its labels or environment, in this project or elsewhere;
 * throws if the proxy cannot be placed between.
 */
export function routedChoice(
  model: ComposeModel,
  files: ConfigurationFiles,
  name: string,
): RoutedChoice | undefined {
  const service = model.services[name] ?? {};
  const because = foundByLabels(service);
  const labels = ROUTERS.find((each) => because?.includes(SIGNS[each]));
  if (!because || !labels) return undefined;
  const told = ingressByLabels(name, { labels }, model).port ?? listeningPort(service);
  if (told !== undefined) return { labels, port: undefined, listens: told, because };
  const port = portSaid(files, [], name, false) ?? usualPort(service, files[name], labels);
  if (port !== undefined) return { labels, port, listens: port, because };
  throw new CanaryError('port-unknown', `Where \`${name}\` listens is not known.`, {
    hint: `Say it in the compose file, by \`expose: ["8080"]\`${labels === 'traefik' ? ' or a label `traefik.http.services.NAME.loadbalancer.server.port`' : ' or `VIRTUAL_PORT`'}.`,
  });
}

/** The port of web servers, and the default port of nginx-proxy. */
const WEB = 80;
const WEB_SERVERS = /(^|\/)(whoami|wordpress)(:(?!.*fpm)|@|$)/;

function usualPort(
  service: ComposeService,
  files: ConfigurationFiles[string] | undefined,
  labels: Router,
): number | undefined {
  const isWeb = edgeKind(service, files) !== undefined || WEB_SERVERS.test(service.image ?? '');
  return isWeb || labels === 'nginx-proxy' ? WEB : undefined;
}

const SIGNS: Readonly<Record<Router, string>> = {
  traefik: '`traefik.',
  'nginx-proxy': '`VIRTUAL_HOST`',
};
