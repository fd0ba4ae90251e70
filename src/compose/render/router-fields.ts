import { CanaryError } from '../../errors.ts';
import { type ReachableService, routedPort } from '../ingress/ingress.ts';
import { nginxProxyFields } from '../ingress/nginx-proxy.ts';
import { traefikLabels } from '../ingress/traefik-labels.ts';
import { escapeDollars, networkNames } from '../model/fields.ts';
import type { ComposeModel } from '../model/model.ts';
import { splitOutside, type WrittenModel, writtenPairs } from '../model/written.ts';
import { edgeKind } from '../services/edge.ts';

/**
 * What the proxy's container declares so that routers find it: lines of `key=value`, in the user's
 * own words.
 */
export interface RouterFields {
  labels: readonly string[];
  environment: readonly string[];
}

const NETWORK = 'traefik.docker.network';

/**
 * What routers must find at the proxy; throws `caller-unusable` if the user's own text for it is
 * not available.
 */
export function routerFields(
  slice: readonly ReachableService[],
  model: ComposeModel,
  written: WrittenModel,
): RouterFields {
  const labels = new Map<string, string>();
  const environment: string[] = [];
  for (const { service, ingress } of slice) {
    const { router } = ingress ?? {};
    const port = routedPort(slice, service);
    if (!router || port === undefined) continue;
    const own = written.services[service];
    const [pairs, settings] = [writtenPairs(own?.labels), writtenPairs(own?.environment)];
    if (router.kind === 'nginx-proxy') {
      if (!settings.get('VIRTUAL_HOST')) throw notWritten(service, '`VIRTUAL_HOST`');
      const fields = nginxProxyFields(pairs, settings, port);
      if (environment.length > 0) throw twoOfOne(service, 'one `VIRTUAL_HOST`');
      environment.push(...fields.environment);
      for (const line of fields.labels) put(labels, line);
      continue;
    }
    const lines = traefikLabels(pairs, router.routers, port);
    if (typeof lines === 'string') throw notWritten(service, `those of router \`${lines}\``);
    for (const line of lines) put(labels, line);
    const network = pairs.get(NETWORK) ?? networkOf(model, service);
    const other = labels.get(NETWORK);
    if (other !== undefined && network !== undefined && other !== network)
      throw twoOfOne(service, `one \`${NETWORK}\``);
    if (network !== undefined) labels.set(NETWORK, network);
  }
  return { labels: [...labels].map(([key, value]) => `${key}=${value}`), environment };
}

/**
 * The network on which Traefik reaches the service, if known: the proxy may be on more networks.
 */
function networkOf(model: ComposeModel, service: string): string | undefined {
  const own = networkNames(model.services[service]);
  const routers = Object.values(model.services).filter((each) => edgeKind(each) === 'traefik');
  const shared = own.filter((name) => routers.some((each) => networkNames(each).includes(name)));
  const [network] = own.length === 1 ? own : shared;
  const definition = network && (model.networks?.[network] as { name?: string } | undefined);
  return definition ? escapeDollars(definition.name ?? '') || undefined : undefined;
}

function put(labels: Map<string, string>, line: string): void {
  const [key = '', ...value] = splitOutside(line, '=');
  labels.set(key, value.join('='));
}

function notWritten(service: string, what: string): CanaryError {
  return new CanaryError(
    'caller-unusable',
    `The compose file does not itself say by what a router finds \`${service}\`: ${what}.`,
    {
      hint: 'Write it at the service, as `labels` or `environment`; the proxy takes it over as written.',
    },
  );
}

function twoOfOne(service: string, what: string): CanaryError {
  return new CanaryError(
    'caller-unusable',
    `The proxy's one container can have only ${what}, and \`${service}\` needs another.`,
    {
      hint: `Choose \`${service}\` in a release of its own, or use \`behind\` or \`entry\` for it.`,
    },
  );
}
