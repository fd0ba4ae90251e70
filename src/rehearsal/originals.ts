import type { SharedDatabase } from '../database/shared.ts';
import { CanaryError } from '../errors.ts';
import type { Run } from '../project/run.ts';
import { containersOf, type ObservedContainer } from '../rollout/observed.ts';
import type { Server, ServerContainer } from './server-kind.ts';
import { SERVER_KINDS } from './server-kinds.ts';

/** A shared database as it runs in production. */
export interface Original {
  service: string;
  server: Server;
  at: ServerContainer;
  imageId: string;
}

/** The shared databases; throws `not-rehearsed` if one does not run. */
export async function originalsOf(
  run: Run,
  databases: readonly SharedDatabase[],
): Promise<Original[]> {
  const originals = await runningOriginals(run, databases);
  for (const { service } of databases)
    if (!originals.some((each) => each.service === service))
      throw new CanaryError('not-rehearsed', `The database \`${service}\` does not run.`, {
        hint: `Start it (\`docker compose up -d ${service}\`), then try again.`,
      });
  return originals;
}

/** Ends what a rehearsal that was cut off left running in them, also after an interrupt. */
export async function clearOriginals(originals: readonly Original[]): Promise<void> {
  const { signal } = new AbortController();
  for (const { server, at } of originals) await server.clear({ ...at, signal });
}

/** Those that run: in a server that is down nothing of canary's can run. */
export async function runningOriginals(
  { context: { engine, streams }, project, signal }: Run,
  databases: readonly SharedDatabase[],
): Promise<Original[]> {
  const containers = await engine.containers(project.name);
  return databases.flatMap(({ service, server }) => {
    const container = runningStable(containers, service);
    if (!container) return [];
    const definition = project.model.services[service] ?? {};
    const at = { streams, container: container.id, definition, signal };
    return [{ service, server: SERVER_KINDS[server], at, imageId: container.imageId }];
  });
}

/** The first running container of a service's stable. */
export function runningStable(
  containers: readonly ObservedContainer[],
  service: string,
): ObservedContainer | undefined {
  return containersOf({ containers }, 'stable', service).find(({ state }) => state === 'running');
}
