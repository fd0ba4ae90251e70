import { sharedData } from '../database/shared.ts';
import { knownCalls } from '../project/configuration-files.ts';
import type { Project } from '../project/load.ts';
import { containersOf, isRunning, type Observed } from '../rollout/observed.ts';
import type { OperationAction, Plan } from '../rollout/operation.ts';

/** What somebody must expect of a plan before it is carried out, in sentences. */
export async function consequences(
  project: Pick<Project, 'model'>,
  observed: Observed,
  plan: Plan,
): Promise<string[]> {
  return [...portsClosed(observed, plan), ...(await startedAgain(project, observed, plan))];
}

/** A proxy that has users cannot be recreated without a gap: the new one needs its ports. */
function portsClosed(observed: Observed, plan: Plan): string[] {
  const ports = containersOf(observed, 'proxy')
    .filter(({ state }) => state === 'running')
    .flatMap(({ publishedPorts }) => publishedPorts);
  if (ports.length === 0 || plan.every(({ kind }) => kind !== 'start-proxy')) return [];
  const [names, are] =
    ports.length === 1 ? [`port ${ports[0]}`, 'is'] : [`ports ${ports.join(', ')}`, 'are'];
  return [
    `The proxy is recreated: ${names} ${are} closed until it has started. Open requests may finish first, for at most 30 seconds.`,
  ];
}

/** The operations in which containers of the stable are created anew or started again. */
const STARTING: readonly OperationAction['kind'][] = [
  ...(['take-ports', 'return-ports', 'link-callers', 'unlink-callers'] as const),
  ...(['restart-callers', 'replace-stable', 'refresh-stable', 'restore-stable'] as const),
];

/**
 * What a plan starts again on shared databases, in sentences. Code that changes data when it starts does so again; with
 * plain Compose that would happen at the next recreation, here somebody must expect it now.
 */
async function startedAgain(
  { model }: Pick<Project, 'model'>,
  observed: Observed,
  plan: Plan,
): Promise<string[]> {
  const services = new Set(
    plan.flatMap((each) =>
      STARTING.includes(each.kind) && 'services' in each ? each.services : [],
    ),
  );
  const again = [...services].filter((service) => isRunning(observed, 'stable', service));
  if (again.length === 0) return [];
  const calls = await knownCalls(model);
  const byDatabases = new Map<string, string[]>();
  for (const service of again) {
    const { databases } = sharedData(model, [service], calls);
    if (databases.length === 0) continue;
    const names = databases.map((each) => `\`${each.service}\``).join(', ');
    byDatabases.set(names, [...(byDatabases.get(names) ?? []), `\`${service}\``]);
  }
  return [...byDatabases].map(([databases, [first, ...more]]) =>
    more.length === 0
      ? `${first} starts once more on the database ${databases}: what it does when it starts, it does again.`
      : `${[first, ...more].join(', ')} start once more on the database ${databases}: what they do when they start, they do again.`,
  );
}
