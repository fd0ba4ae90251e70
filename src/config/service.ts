import { z } from 'zod';
import { breaker, shield } from './protection.ts';
import { line, listedTexts, port, serviceName } from './values.ts';

const names = listedTexts(z.array(serviceName).min(1)).transform((list) => [...new Set(list)]);

const mesh = z
  .preprocess(
    (value) => (value === true ? {} : value),
    z.union([z.literal(false), z.strictObject({ callers: names.optional() })]),
  )
  .transform((value) => value || undefined);

/** What users come through that asks for no name: it reads labels or environment of containers. */
export const ROUTERS = ['traefik', 'nginx-proxy'] as const;

export type Router = (typeof ROUTERS)[number];

const labels = z.enum(ROUTERS, {
  error: ({ input }) =>
    input === 'caddy'
      ? 'cannot be `caddy`: requests would be lost while its labels go from the service to the proxy'
      : `is not ${ROUTERS.join(' or ')}`,
});

/** A name as clients send it in a TLS hello: `shop.example.com`, or `*.example.com` for every name one label longer. */
const serverName = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
    'is not a name such as shop.example.com or *.example.com',
  );

const path = line(1000);

/** A chosen service: how users come to it, and what they speak. */
export const service = z
  .strictObject({
    /** The published port the proxy takes over; makes the service an entry. */
    entry: port.optional(),
    /** A port of its own on which the canary alone answers. */
    preview: port.optional(),
    /** The port the service listens on inside its container, when its definition does not tell. */
    port: port.optional(),
    /** Calls of other services by name are split too: of those that are named, or of all that are known to call it. */
    mesh: mesh.optional(),
    /** The proxies of the stack that users come through: they forward to the service by its name. */
    behind: names.optional(),
    /** Users come through a router that finds the service by its labels or environment. */
    labels: labels.optional(),
    /** As at the top, for the users of this entry alone. */
    shield: shield.optional(),
    breaker: breaker.optional(),
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
  })
  .nullable()
  .transform((value) => value ?? {});

export type ServiceConfig = z.output<typeof service>;

/** Whether the bytes of an entry are handed on as they are, and nobody sees requests. */
export function handsBytesOn({ protocol }: ServiceConfig): boolean {
  return protocol === 'tcp' || protocol === 'tls';
}
