import type { ComposeModel, ComposeService } from '../model/model.ts';
import { edgeKind } from '../services/edge.ts';
import type { Ingress } from './ingress.ts';

const LOOPBACK = '127.0.0.1';

/**
 * The address of the host on which the preview of an ingress is published; `undefined` for all. It
 * is no more public than the proxies that users pass through.
 */
export function previewAddress(
  { kind, callers }: Ingress,
  { services }: ComposeModel,
): string | undefined {
  const edges = Object.entries(services).filter(([name, service]) =>
    kind === 'labels' ? edgeKind(service) : callers.includes(name),
  );
  const addresses = new Set(edges.flatMap(([, edge]) => addressesOf(edge)));
  if (addresses.has('')) return undefined;
  const [address = LOOPBACK] = addresses;
  return addresses.size > 1 ? LOOPBACK : address;
}

/** Where a service is published: the empty text is every address. */
function addressesOf({ network_mode, ports = [] }: ComposeService): string[] {
  if (network_mode === 'host') return [''];
  const published = ports.filter((port) => port.published !== undefined);
  return published.map(({ host_ip = '' }) => (/^(0\.0\.0\.0|::)$/.test(host_ip) ? '' : host_ip));
}
