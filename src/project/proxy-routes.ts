import { arrivalPort, routedPort } from '../compose/ingress/ingress.ts';
import { hasUsers, type SliceMember } from '../compose/slice.ts';
import type { CanaryConfig } from '../config/schema.ts';
import type { Route } from '../proxy/route.ts';
import type { Transport } from '../proxy/transport.ts';
import type { Certificates } from './certificates.ts';

/** The services of the slice as the proxy sees them, without those that have no port. */
export function routesOf(
  slice: readonly SliceMember[],
  config: CanaryConfig,
  certificates: Certificates['files'],
): Route[] {
  const arrival = (published: number | undefined) =>
    published === undefined ? undefined : arrivalPort(slice, published);
  return slice.flatMap(({ service, clone, baseline, port, entry, ingress }): Route[] => {
    if (port === undefined) return [];
    const base = {
      service,
      clone,
      port,
      ...(ingress?.kind === 'mesh' ? { hops: ingress.names } : {}),
    };
    if (!entry && !ingress) return [base];
    const settings = config.services[service] ?? {};
    const { shield = config.shield, breaker = config.breaker } = settings;
    const from = entry ? 'users' : hasUsers({ entry, ingress }) ? 'edge' : 'services';
    const transport = transportOf(settings, certificates[service]);
    return [
      {
        ...base,
        ...(baseline ? { baseline } : {}),
        entry: {
          port: arrival(entry?.port) ?? routedPort(slice, service) ?? port,
          published: entry?.port,
          preview: arrival(entry?.preview ?? ingress?.preview),
          shield,
          breaker,
          from,
          transport,
        },
      },
    ];
  });
}

function transportOf(
  {
    protocol = 'http',
    tls,
    sni = [],
    proxyProtocol,
    reuse = false,
  }: NonNullable<CanaryConfig['services'][string]>,
  certificate: Transport['certificate'],
): Transport {
  return {
    protocol,
    certificate,
    sni,
    reencrypt: tls?.reencrypt ?? false,
    proxyProtocol: proxyProtocol ?? { accept: false, send: false },
    reuse,
  };
}
