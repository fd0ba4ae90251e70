import type { SliceMember } from '../../compose/slice.ts';
import type { CanaryConfig } from '../../config/schema.ts';
import type { Route } from '../../proxy/route.ts';
import type { Transport } from '../../proxy/transport.ts';
import type { Certificates } from './certificates.ts';

/** The services of the slice as the proxy sees them; those that listen nowhere it does not see. */
export function routesOf(
  slice: readonly SliceMember[],
  config: CanaryConfig,
  certificates: Certificates['files'],
): Route[] {
  return slice.flatMap(({ service, clone, port, entry }): Route[] => {
    if (port === undefined) return [];
    if (!entry) return [{ service, clone, port }];
    const settings = config.services[service] ?? {};
    const { shield = config.shield, breaker = config.breaker } = settings;
    const transport = transportOf(settings, certificates[service]);
    const { port: published, preview } = entry;
    return [
      {
        ...{ service, clone, port },
        entry: { port: published, preview, shield, breaker, transport },
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
  }: NonNullable<CanaryConfig['services'][string]>,
  certificate: Transport['certificate'],
): Transport {
  return {
    ...{ protocol, certificate, sni },
    reencrypt: tls?.reencrypt ?? false,
    proxyProtocol: proxyProtocol ?? { accept: false, send: false },
  };
}
