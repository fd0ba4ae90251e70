import type { ComposeModel, ComposePort, ComposeService } from '../model/model.ts';
import { edgeKind } from './edge.ts';

/** The host port at which users reach a service, and the protocol there. */
export interface OpenPort {
  port: number;
  speaks: 'http' | 'http2' | 'tls' | 'bytes';
}

const TLS = new Set([443, 444, 4443, 5443, 6443, 8443, 9443, 10_443]);

/** Mail, queues, databases, debuggers, shells: clients of these ports do not use HTTP. */
const BYTES = new Set([
  21, 22, 23, 25, 53, 110, 119, 143, 389, 465, 587, 636, 873, 993, 995, 1025, 1143, 1194, 1433,
  1521, 1883, 1935, 2181, 2222, 2525, 3306, 3478, 4190, 5005, 5222, 5269, 5349, 5432, 5671, 5672,
  5858, 5900, 6379, 6667, 7687, 8125, 8883, 9042, 9092, 9229, 9230, 10_050, 10_051, 11_211, 12_345,
  24_224, 24_678, 25_565, 27_017, 35_729,
]);

function speaksAt(target: number): OpenPort['speaks'] {
  if (TLS.has(target)) return 'tls';
  if (target === 50_051) return 'http2';
  return BYTES.has(target) ? 'bytes' : 'http';
}

const ORDER: readonly OpenPort['speaks'][] = ['http', 'http2', 'tls', 'bytes'];

/**
 * Where users reach a service that publishes several ports: plain HTTP first, at the port of its
 * healthcheck or a usual one. `said`: the one that the operator names.
 */
export function openPort(service: ComposeService, said?: number): OpenPort | undefined {
  const asked = /(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?/.exec(
    service.healthcheck?.test?.join(' ') ?? '',
  );
  const health = asked ? Number(asked[1] ?? 80) : undefined;
  // Traefik's own dashboard is there.
  const own = edgeKind(service) === 'traefik' ? 8080 : undefined;
  const rank = (target: number) =>
    ORDER.indexOf(speaksAt(target)) * 10 +
    (target === health ? 0 : [80, 8080].includes(target) ? 1 : 2) +
    (target === own ? 25 : 0);
  const [best] = fixedPorts(service)
    .filter(({ published }) => said === undefined || published === String(said))
    .toSorted((left, right) => rank(left.target) - rank(right.target));
  return best && { port: Number(best.published), speaks: speaksAt(best.target) };
}

/** The ports of a service that users can reach at a known place. */
export function fixedPorts({ ports = [] }: ComposeService): ComposePort[] {
  return ports.filter(isFixed);
}

/**
 * Whether the host port is fixed; from a range, or without a number, the engine picks one that is
 * not known in advance.
 */
function isFixed({ published, protocol = 'tcp' }: ComposePort): boolean {
  return protocol === 'tcp' && /^\d+$/.test(published ?? '') && Number(published) > 0;
}

/** Why a service that publishes ports cannot be reached at a known one. */
export function openButUnknown({ ports = [] }: ComposeService): string | undefined {
  if (ports.length === 0 || ports.some(isFixed)) return undefined;
  const tcp = ports.filter(({ protocol = 'tcp' }) => protocol === 'tcp');
  return tcp.length > 0
    ? 'the engine picks its port of the host'
    : 'it publishes ports by UDP alone';
}

/** Every host port that a service of the stack may use. */
export function takenPorts({ services }: ComposeModel): Set<number> {
  return new Set(
    Object.values(services)
      .flatMap(({ ports = [] }) => ports)
      .flatMap(({ published = '' }) => {
        const [first = 0, last = first] = published.split('-').map(Number);
        return Array.from({ length: Math.max(0, last - first) + 1 }, (_, index) => first + index);
      }),
  );
}

/** A free port that is easy to remember: 10,000 higher. */
export function freePort(entry: number, taken: ReadonlySet<number>): number {
  let port = entry + 10_000 <= 65_535 ? entry + 10_000 : entry - 10_000;
  while (taken.has(port)) port += 1;
  return port;
}
