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

interface ServiceDoors {
  entry?: number | undefined;
  preview?: number | undefined;
  inner?: unknown;
  behind?: readonly string[] | undefined;
  shield?: unknown;
  breaker?: unknown;
}

interface Problem {
  path: string[];
  text: string;
}

/** What keeps the ways into the services from making sense. */
export function problemsOfDoors(services: Readonly<Record<string, ServiceDoors>>): Problem[] {
  const all = Object.entries(services);
  const isReached = all.some(([, service]) => service.entry || service.behind);
  return [
    ...(isReached
      ? []
      : [
          {
            path: ['services'],
            text: 'no service has an `entry`, or is `behind` a proxy, so no user could ever reach the canary',
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
  service: ServiceDoors,
  services: Readonly<Record<string, ServiceDoors>>,
): Problem[] {
  const { entry, preview, inner, behind } = service;
  const problems: Problem[] = [];
  if (preview && !entry && !behind)
    problems.push({ path: ['preview'], text: 'a preview port needs an `entry` or `behind`' });
  for (const key of ['shield', 'breaker'] as const) {
    if (service[key] === undefined || entry || behind || inner) continue;
    const text = 'needs an `entry`, `behind` or `inner`: nobody else comes through the proxy';
    problems.push({ path: [key], text });
  }
  if (behind && (entry || inner)) {
    const other = entry ? '`entry`' : '`inner`';
    problems.push({ path: ['behind'], text: `cannot stand beside ${other}: choose one of them` });
  }
  for (const edge of behind ?? []) {
    if (edge === name || services[edge])
      problems.push({ path: ['behind'], text: `\`${edge}\` is a chosen service itself` });
  }
  return problems;
}
