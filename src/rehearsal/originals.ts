import type { Context } from '../context.ts';
import type { SharedDatabase } from '../database/shared.ts';
import { CanaryError } from '../errors.ts';
import type { Project } from '../project/load.ts';
import { containersOf, type ObservedContainer } from '../rollout/observed.ts';
import type { Place } from './server.ts';
import { SERVERS } from './servers.ts';

/** A shared database as it runs in production. */
export interface Original extends SharedDatabase {
  container: ObservedContainer;
  place: Place;
}

/** The containers of shared databases; throws `not-rehearsed` where one does not run. */
export async function originalsOf(
  context: Context,
  project: Project,
  databases: readonly SharedDatabase[],
  signal: AbortSignal,
): Promise<Original[]> {
  const originals = await runningOriginals(context, project, databases, signal);
  for (const { service } of databases)
    if (!originals.some((each) => each.service === service))
      throw new CanaryError('not-rehearsed', `The database \`${service}\` does not run.`, {
        hint: `Start it (\`docker compose up -d ${service}\`), then try again.`,
      });
  return originals;
}

/** The same of those that run. */
export async function runningOriginals(
  { engine, streams }: Context,
  project: Project,
  databases: readonly SharedDatabase[],
  signal: AbortSignal,
): Promise<Original[]> {
  const containers = await engine.containers(project.name);
  return databases.flatMap((database) => {
    const { service } = database;
    const container = containersOf({ containers }, 'stable', service).find(
      ({ state }) => state === 'running',
    );
    if (!container) return [];
    const definition = project.model.services[service] ?? {};
    const place = { streams, container: container.id, definition, signal };
    return [{ ...database, container, place }];
  });
}

/** Ends what a rehearsal that was cut off left at work in them, also after an interrupt. */
export async function clearOriginals(originals: readonly Original[]): Promise<void> {
  const { signal } = new AbortController();
  for (const { server, place } of originals)
    await SERVERS[server].server.clear({ ...place, signal });
}
