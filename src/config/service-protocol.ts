import { z } from 'zod';

/** A name as clients send it in a TLS hello: `shop.example.com`, or `*.example.com` for every name one label longer. */
const serverName = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
    'is not a name such as shop.example.com or *.example.com',
  );

/** A path becomes a word of the proxy's configuration and of the override. */
const path = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^\P{Cc}*$/u, 'has control characters or line breaks');

/** What users of an entry speak, and what the service does. */
export const protocolFields = {
  /** `http2`: the service speaks HTTP/2 without TLS, as gRPC does; `tcp`, `tls`: bytes, by source address. */
  protocol: z.enum(['http', 'http2', 'tcp', 'tls']).optional(),
  /** TLS ends at the proxy. Paths are relative to canary.yaml. */
  tls: z
    .strictObject({
      certificate: path,
      key: path,
      /** The service speaks TLS itself. */
      reencrypt: z.boolean().default(false),
    })
    .optional(),
  /** Of an entry with `protocol: tls` only these names are split. */
  sni: z.array(serverName).min(1).max(200).optional(),
  /** The client's address by PROXY protocol: from who is in front, and to the service. */
  proxyProtocol: z
    .strictObject({ accept: z.boolean().default(false), send: z.boolean().default(false) })
    .optional(),
};

interface ProtocolSettings {
  entry?: number | undefined;
  inner?: unknown;
  behind?: unknown;
  labels?: unknown;
  protocol?: 'http' | 'http2' | 'tcp' | 'tls' | undefined;
  tls?: { reencrypt: boolean } | undefined;
  sni?: unknown;
  proxyProtocol?: { send: boolean } | undefined;
  shield?: unknown;
  breaker?: unknown;
}

/** Whether the bytes of an entry are handed on as they are, and nobody sees requests. */
export function handsBytesOn({ protocol }: ProtocolSettings): boolean {
  return protocol === 'tcp' || protocol === 'tls';
}

/** Settings of a service that cannot work together, by name. */
export function protocolProblems(service: ProtocolSettings): { key: string; text: string }[] {
  const { protocol = 'http' } = service;
  const problems: { key: string; text: string }[] = [];
  if (!service.entry) {
    const isCalled = Boolean(service.inner || service.behind || service.labels);
    for (const key of ['protocol', 'tls', 'sni', 'proxyProtocol'] as const) {
      // Whoever calls by name speaks HTTP; which one the service speaks is its own.
      const isOpen = key === 'protocol' && isCalled && protocol.startsWith('http');
      if (service[key] !== undefined && !isOpen)
        problems.push({ key, text: 'needs an `entry`: only there users come to the proxy itself' });
    }
    return problems;
  }
  if (service.inner && (service.tls?.reencrypt || service.proxyProtocol?.send))
    problems.push({
      key: 'inner',
      text: 'needs plain HTTP: callers speak TLS or the PROXY protocol to this service, and the ingress for them does not',
    });
  if (service.inner && handsBytesOn(service))
    problems.push({ key: 'inner', text: `needs HTTP: \`protocol: ${protocol}\` has no names` });
  if (service.sni !== undefined && protocol !== 'tls')
    problems.push({ key: 'sni', text: 'needs `protocol: tls`: elsewhere no name is read' });
  if (!handsBytesOn(service)) return problems;
  if (service.tls !== undefined)
    problems.push({
      key: 'tls',
      text: `ends TLS at the proxy, which \`protocol: ${protocol}\` hands on as it is; leave one of them out`,
    });
  for (const [key, why] of [
    ['shield', 'a byte stream cannot be repeated'],
    ['breaker', 'a byte stream has no answers that fail'],
  ] as const)
    if (service[key]) problems.push({ key, text: `needs \`protocol: http\` or http2: ${why}` });
  return problems;
}
