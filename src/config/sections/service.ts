import { z } from 'zod';
import { line, listedTexts, port, serviceName } from '../values/values.ts';
import { written } from '../values/written.ts';
import { breaker, shield } from './protection.ts';

const names = listedTexts(z.array(serviceName).min(1)).transform((list) => [...new Set(list)]);

const meshFields = z.strictObject({
  callers: names.optional().describe('The services that call it, if canary cannot find them.'),
});

const mesh = z
  .preprocess(
    (value) => (value === true ? {} : value),
    z.union([z.literal(false), meshFields], 'is not `true`, `false`, or settings: `callers`'),
  )
  .register(written, { as: z.union([z.boolean(), meshFields]) })
  .transform((value) => value || undefined);

/**
 * Routers that users come through and that do not use names: they read the labels or environment of
 * containers.
 */
export const ROUTERS = ['traefik', 'nginx-proxy'] as const;

export type Router = (typeof ROUTERS)[number];

const labels = z.enum(ROUTERS, {
  error: ({ input }) =>
    input === 'caddy'
      ? 'cannot be `caddy`: requests would be lost while its labels go from the service to the proxy'
      : `is not ${ROUTERS.join(' or ')}`,
});

/**
 * A name as clients send it in a TLS ClientHello: `shop.example.com`, or `*.example.com` for every
 * name with one label more.
 */
const serverName = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
    'is not a name such as shop.example.com or *.example.com',
  );

const path = line(1000);

/** A chosen service: how users reach it, and its protocol. */
export const service = z
  .strictObject({
    entry: port
      .optional()
      .describe('The published port that the proxy takes over; makes the service an entry.'),
    preview: port.optional().describe('An additional port on which only the canary responds.'),
    port: port
      .optional()
      .describe(
        'The port the service listens on inside its container, if its definition does not state it.',
      ),
    mesh: mesh
      .optional()
      .describe(
        'Calls from other services by name are split too: from the named callers, or from all known callers.',
      ),
    behind: names
      .optional()
      .describe(
        'The proxies of the stack that users come through: they forward to the service by its name.',
      ),
    labels: labels
      .optional()
      .describe('Users come through a router that finds the service by its labels or environment.'),
    shield: shield
      .optional()
      .describe('As at the top level, but only for the users of this service.'),
    breaker: breaker.optional().describe('As at the top level, but only for this service.'),
    protocol: z
      .enum(['http', 'http2', 'tcp', 'tls'], 'is not http, http2, tcp or tls')
      .optional()
      .describe(
        '`http2`: the service uses HTTP/2 without TLS, as gRPC does. `tcp`, `tls`: raw bytes, split by source address.',
      ),
    tls: z
      .strictObject({
        certificate: path.describe('The file of the certificate, in PEM form.'),
        key: path.describe('The file of the private key, in PEM form.'),
        reencrypt: z.boolean().default(false).describe('The service itself also uses TLS.'),
      })
      .optional()
      .describe('The proxy terminates TLS. Paths are relative to canary.yaml.'),
    sni: z
      .array(serverName)
      .min(1)
      .max(200)
      .optional()
      .describe('Only these server names are split, for an entry with `protocol: tls`.'),
    proxyProtocol: z
      .strictObject({
        accept: z.boolean().default(false).describe('Whether clients connect by PROXY protocol.'),
        send: z.boolean().default(false).describe('Whether the service gets the PROXY protocol.'),
      })
      .optional()
      .describe(
        'The client’s address over PROXY protocol: accepted from a load balancer in front, and sent to the service.',
      ),
    reuse: z
      .boolean()
      .optional()
      .describe('Connections to the service are kept for other requests, as logins by NTLM need.'),
  })
  .nullable()
  .transform((value) => value ?? {});

export type ServiceConfig = z.output<typeof service>;

/** Whether the proxy passes on the bytes of an entry unchanged and cannot inspect requests. */
export function handsBytesOn({ protocol }: ServiceConfig): boolean {
  return protocol === 'tcp' || protocol === 'tls';
}
