import { z } from 'zod';

/** What Compose allows as the name of a service. */
export const SERVICE_NAME = /^[a-zA-Z0-9._-]+$/;

const names = z
  .preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(z.string().regex(SERVICE_NAME, 'is not a service name')).min(1),
  )
  .transform((list) => [...new Set(list)]);

/** Calls of other services by name are split too: of those that are named, or of all that are known to call it. */
export const inner = z
  .preprocess(
    (value) => (value === true ? {} : value),
    z.union([z.literal(false), z.strictObject({ callers: names.optional() })]),
  )
  .transform((value) => value || undefined);

/** The proxies of the stack that users come through: they forward to the service by its name. */
export const behind = names;

/** What users come through that asks for no name: it reads labels or environment of containers. */
export const ROUTERS = ['traefik', 'nginx-proxy'] as const;

export type Router = (typeof ROUTERS)[number];

export const labels = z.enum(ROUTERS, {
  error: ({ input }) =>
    input === 'caddy'
      ? 'cannot be `caddy`: requests would be lost while its labels go from the service to the proxy'
      : `is not ${ROUTERS.join(' or ')}`,
});

interface ServiceIngress {
  entry?: number | undefined;
  preview?: number | undefined;
  inner?: unknown;
  behind?: readonly string[] | undefined;
  labels?: Router | undefined;
  shield?: unknown;
  breaker?: unknown;
}

interface Problem {
  path: string[];
  text: string;
}

/** What keeps the ways into the services from making sense. */
export function ingressProblems(services: Readonly<Record<string, ServiceIngress>>): Problem[] {
  const all = Object.entries(services);
  const isReached = all.some(([, service]) => service.entry || service.behind || service.labels);
  return [
    ...(isReached
      ? []
      : [
          {
            path: ['services'],
            text: 'no service has an `entry`, is `behind` a proxy or found by `labels`, so no user could ever reach the canary',
          },
        ]),
    ...all.flatMap(([name, service]) =>
      problemsOfService(name, service, services).map(({ path, text }) => ({
        path: ['services', name, ...path],
        text,
      })),
    ),
  ];
}

function problemsOfService(
  name: string,
  service: ServiceIngress,
  services: Readonly<Record<string, ServiceIngress>>,
): Problem[] {
  const { entry, preview, inner, behind, labels } = service;
  const problems: Problem[] = [];
  if (preview && !entry && !behind && !labels)
    problems.push({
      path: ['preview'],
      text: 'a preview port needs an `entry`, `behind` or `labels`',
    });
  for (const key of ['shield', 'breaker'] as const) {
    if (service[key] === undefined || entry || behind || inner || labels) continue;
    const text =
      'needs an `entry`, `behind`, `labels` or `inner`: nobody else comes through the proxy';
    problems.push({ path: [key], text });
  }
  if (behind && (entry || inner)) {
    const other = entry ? '`entry`' : '`inner`';
    problems.push({ path: ['behind'], text: `cannot stand beside ${other}: choose one of them` });
  }
  if (labels && (entry || behind || inner)) {
    const other = entry ? '`entry`' : behind ? '`behind`' : '`inner`';
    problems.push({ path: ['labels'], text: `cannot stand beside ${other}: choose one of them` });
  }
  for (const edge of behind ?? []) {
    if (edge === name || services[edge])
      problems.push({ path: ['behind'], text: `\`${edge}\` is a chosen service itself` });
  }
  return problems;
}
