import { z } from 'zod';
import { didYouMean } from '../../nearest.ts';
import {
  anyJson,
  headerName,
  type Problem,
  period,
  refuse,
  serviceName,
} from '../values/values.ts';
import { type Expectation, expectation } from './expect.ts';
import type { ServiceConfig } from './service.ts';

/** The fields by which a check names its method and path. */
const METHODS = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

/** A request to the canary that must be answered as expected. */
export interface Check {
  /** By default the first service that users reach. */
  service: string | undefined;
  method: string;
  /** With its query. */
  path: string;
  /** Values may contain environment variables: `${TOKEN}`. */
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  expect: Expectation | undefined;
  /** The stable gets the same request, and the shapes of both responses are compared. */
  compare: boolean;
  /** The interval while the canary has users. */
  every: number;
}

const path = z
  .string('is not a path such as /health')
  .max(2000)
  .regex(/^\/[!-~]*$/, 'is not a path such as /health: it begins with /, without blanks')
  .regex(/^[^#]*$/, 'has a `#`; servers never receive that part');

const paths = Object.fromEntries(
  METHODS.map((name) => [
    name,
    path.optional().describe(`The path and query of a ${name.toUpperCase()} request.`),
  ]),
) as Record<Method, z.ZodOptional<typeof path>>;

const headers = z.record(
  headerName,
  z
    .string('is not a text; quote numbers')
    .max(4000)
    .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'has line breaks or characters that no header may have')
    .regex(
      /^([^$]|\$(?!\{)|\$\{[A-Za-z_][A-Za-z0-9_]*\})*$/,
      'has `$` and `{` without the name of a variable and `}` behind them',
    ),
);

const check = z
  .strictObject({
    service: serviceName
      .optional()
      .describe('The service that is asked; by default the first that users reach.'),
    ...paths,
    headers: headers
      .default({})
      .describe(
        'Headers of the request; values may contain environment variables, in braces after `$`.',
      ),
    body: anyJson.optional().describe('A text is sent unchanged; anything else is sent as JSON.'),
    expect: expectation.optional().describe('What the response must be like.'),
    compare: z
      .boolean()
      .optional()
      .describe(
        'Whether the stable gets the same request and the shapes of both responses are compared.',
      ),
    every: period(1000, 86_400_000)
      .prefault('10s')
      .describe('The interval while the canary has users.'),
  })
  .transform((written, context): Check => {
    const [method, ...others] = METHODS.filter((name) => written[name] !== undefined);
    if (!method)
      return refuse(context, `asks for nothing: name a path by one of ${METHODS.join(', ')}`);
    if (others.length > 0)
      return refuse(context, `asks for more than one thing: ${method}, ${others[0]}`);
    const { service, headers: given, body, expect, every, compare = !expect } = written;
    if (compare && method !== 'get')
      return expect
        ? refuse(context, 'needs `get`: no other method is sent to the stable', ['compare'])
        : refuse(context, 'needs `expect`: only the answer to a `get` is compared with the stable');
    if (!compare && !expect)
      return refuse(context, 'checks nothing: it has no `expect`', ['compare']);
    if (body !== undefined && ['get', 'head'].includes(method))
      return refuse(context, `is not sent with \`${method}\``, ['body']);
    return {
      service,
      method: method.toUpperCase(),
      path: written[method] ?? '/',
      expect,
      headers: headersWith(given, body),
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      compare,
      every,
    };
  });

/**
 * Requests to the canary that must be answered as expected: before its first user, and then
 * repeatedly.
 */
export const checks = z.array(check).max(100);

/** A body that is not a text gets a JSON content type. */
function headersWith(given: Record<string, string>, body: unknown): Record<string, string> {
  const isJson = body !== undefined && typeof body !== 'string';
  const isSaid = Object.keys(given).some((name) => name.toLowerCase() === 'content-type');
  return isJson && !isSaid ? { ...given, 'Content-Type': 'application/json' } : given;
}

type Services = Readonly<Record<string, ServiceConfig>>;

/** Checks that cannot be sent to their service, with the reason. */
export function problemsOfChecks(list: readonly Check[], services: Services): Problem[] {
  return list.flatMap((each, index) => {
    const name = checkedService(each, services);
    const settings = Object.hasOwn(services, name) ? services[name] : undefined;
    const reason = settings ? unaskable(settings) : notChosen(name, services);
    return reason ? [{ path: ['analysis', 'checks', index], text: reason }] : [];
  });
}

function notChosen(name: string, services: Services): string {
  const meant = didYouMean(name, Object.keys(services));
  return `\`${name}\` is not among the chosen services${meant && `.${meant}`}`;
}

/** The service that a check is sent to; if it names none, the first that users reach. */
export function checkedService({ service }: Pick<Check, 'service'>, services: Services): string {
  if (service) return service;
  const all = Object.entries(services);
  return (
    all.find(([, { entry, behind, labels }]) => entry || behind || labels)?.[0] ?? all[0]?.[0] ?? ''
  );
}

/** Why a service cannot be called over HTTP/1.1 at its own address; `undefined` if it can. */
export function unaskable({ protocol = 'http', proxyProtocol }: ServiceConfig): string | undefined {
  if (protocol === 'http2') return 'asks a service of `protocol: http2`; checks speak HTTP/1.1';
  if (protocol !== 'http') return `asks a service of \`protocol: ${protocol}\`; checks speak HTTP`;
  if (proxyProtocol?.send)
    return 'asks a service that takes connections by PROXY protocol alone; checks do not speak it';
  return undefined;
}
