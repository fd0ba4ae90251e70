import { z } from 'zod';
import { period, port } from '../values/values.ts';

const HOUR_MS = 3_600_000;
const KIB = 1024;
const SIZE = 'is not a size such as 64k, from 16k to 1024k';

/** The container of the proxy, and what it accepts from clients and services. */
export const proxy = z.strictObject({
  image: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The image of the proxy (default: the variable CANARY_PROXY_IMAGE, else haproxy:3.0). It must have a shell.',
    ),
  metrics: port
    .optional()
    .describe('The port on which the proxy serves its metrics to Prometheus.'),
  headers: z
    .string(SIZE)
    .regex(/^\d{1,4}k$/, SIZE)
    .transform((text) => Number.parseInt(text, 10) * KIB)
    .refine((bytes) => bytes >= 16 * KIB && bytes <= 1024 * KIB, SIZE)
    .prefault('64k')
    .describe(
      'The largest head of a request or of a response, in bytes: its first line and its headers.',
    ),
  trusted: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'is not an address or 10.0.0.0/8'))
    .max(500)
    .default([])
    .describe('Proxies in front whose `X-Forwarded-For` is believed: addresses or networks.'),
  keepAlive: period(1000, 24 * HOUR_MS)
    .prefault('620s')
    .describe('How long an idle connection of a client is kept.'),
});
