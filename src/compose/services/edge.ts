import { CanaryError } from '../../errors.ts';
import type { ComposeService } from '../model/model.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import { programsOf } from './image.ts';

/** The kind of a proxy that users pass through before they reach a service. */
export type EdgeKind = 'nginx' | 'caddy' | 'traefik' | 'haproxy' | 'envoy' | 'apache' | 'gateway';

const IMAGES: [EdgeKind, RegExp][] = [
  ['nginx', /^(nginx|nginx-unprivileged|nginx-proxy|openresty|tengine|angie|freenginx)$/],
  ['caddy', /^(caddy|caddy-docker-proxy|caddy-gen)$/],
  ['traefik', /^traefik$/],
  ['haproxy', /^(haproxy|haproxy-alpine|haproxy-debian|haproxy-ubi)$/],
  ['envoy', /^(envoy|envoy-distroless|envoy-contrib)$/],
  ['apache', /^(httpd|apache|apache2)$/],
  ['gateway', /^(kong|kong-gateway|apisix|krakend|tyk-gateway)$/],
];

const CONFIGURATIONS: [EdgeKind, RegExp][] = [
  ['nginx', /\/etc\/nginx(\/(?!certs?|ssl|html|dhparam)|$)|\/usr\/local\/openresty\/nginx\/conf/],
  ['caddy', /\/Caddyfile$|\/etc\/caddy(\/|$)/],
  ['traefik', /\/etc\/traefik(\/|$)|\/traefik\.(ya?ml|toml)$/],
  ['haproxy', /\/haproxy(\.cfg$|\/|$)/],
  ['envoy', /\/envoy(\.ya?ml$|\/|$)/],
  ['apache', /\/usr\/local\/apache2\/conf|\/etc\/apache2(\/|$)/],
];

/**
 * Which proxy a service runs: by its image in any registry and with any tag, by its base image, or
 * by where its configuration is mounted.
 */
export function edgeKind(
  service: ComposeService,
  files: readonly ConfigurationFile[] = [],
): EdgeKind | undefined {
  const programs = programsOf(service, files);
  const byImage = IMAGES.find(([, pattern]) => programs.some((each) => pattern.test(each)));
  if (byImage) return byImage[0];
  const targets = [...(service.volumes ?? []), ...(service.configs ?? [])].map(
    ({ target }) => target ?? '',
  );
  return CONFIGURATIONS.find(([, pattern]) => targets.some((each) => pattern.test(each)))?.[0];
}

/**
 * Whether a proxy keeps the address of a name for as long as it runs. Caddy, Traefik and Envoy look
 * it up for every connection; for unknown proxies the worse case is assumed.
 */
export function edgeKeepsAddresses(service: ComposeService | undefined): boolean {
  const kind = service && edgeKind(service);
  return kind === undefined || !['caddy', 'traefik', 'envoy'].includes(kind);
}

const CADDY_LABEL = /^(caddy(_\d+)?(\.|$)|virtual\.host$)/;
const TRAEFIK_OR_CADDY_LABEL = new RegExp(`^traefik\\.|${CADDY_LABEL.source}`);

/** How a proxy finds a service other than by name: then no link can redirect it. */
export function foundByLabels({ labels, environment }: ComposeService): string | undefined {
  const said = Object.keys(labels ?? {});
  const isHidden = labels?.['traefik.enable'] === 'false';
  const pattern = isHidden ? CADDY_LABEL : TRAEFIK_OR_CADDY_LABEL;
  const label = said.find((key) => pattern.test(key));
  if (label) return `its label \`${label}\``;
  return environment && 'VIRTUAL_HOST' in environment
    ? 'its environment `VIRTUAL_HOST`'
    : undefined;
}

/** The error for a service that a proxy finds by its labels. */
export function byLabels(edges: readonly string[], name: string, labels: string): CanaryError {
  return new CanaryError(
    'caller-unusable',
    `\`${edges.join(', ')}\` finds \`${name}\` by ${labels}, not by its name.`,
    {
      hint: 'A link cannot lead it to the proxy then. Use `labels: traefik` or `labels: nginx-proxy` where it is one of these; else let it forward to the name, or publish a port and use `entry`.',
    },
  );
}
