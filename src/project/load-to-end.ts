import type { ComposeModel } from '../compose/model/model.ts';
import { hostPorts, publishedPort } from '../compose/model/model.ts';
import { cloneName } from '../compose/model/names.ts';
import type { SliceMember } from '../compose/slice.ts';
import { type CanaryConfig, configSchema } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { CanaryError, EXIT } from '../errors.ts';
import { containersOf, type Observed } from '../rollout/observed.ts';
import { NO_CERTIFICATES } from './certificates.ts';
import {
  loadComposeProject,
  loadConfig,
  loadLiveProject,
  type Project,
  projectOf,
} from './load.ts';

type Containers = Pick<Observed, 'containers'>;

/**
 * Loads a project for the ways out, and for looking. If canary.yaml has a mistake, or names services that cannot be cloned any more,
 * while something of canary runs, the services are those of the containers: what could be started today bars no way out.
 */
export async function loadToEnd(
  context: Context,
  consequence = 'What runs is ended as it is.',
): Promise<Project> {
  try {
    return await loadLiveProject(context, 'optional');
  } catch (error) {
    if (!(error instanceof CanaryError) || error.exitCode !== EXIT.usage) throw error;
    // Throws again what is wrong with the compose files themselves.
    const project = await loadComposeProject(context);
    const observed = { containers: await context.engine.containers(project.model.name) };
    if (observed.containers.every(({ role }) => role === 'stable')) throw error;
    context.emit({ type: 'warning', text: `${error.message} ${consequence}` });
    const config = await configToEnd(context, project.directory);
    const slice = sliceThatRuns(project.model, observed);
    const rest = { certificates: NO_CERTIFICATES, found: undefined };
    const found = await projectOf(context, project, { config, slice }, rest);
    return { ...found, isFromContainers: true };
  }
}

/** What a way out needs of canary.yaml, as far as that can be read. */
async function configToEnd(context: Context, directory: string): Promise<CanaryConfig> {
  const none = configSchema.parse({ version: 1, services: {} });
  const own = await loadConfig(context, directory).catch(() => none);
  const { git, hooks, notify, drain, startTimeout, strategy } = own;
  return { ...none, git, hooks, notify, drain, startTimeout, strategy };
}

/** The services that have a canary, and those whose port the proxy holds or held. */
function sliceThatRuns(model: ComposeModel, observed: Containers): SliceMember[] {
  const cloned = containersOf(observed, 'canary').map(({ service }) => service);
  return Object.entries(model.services).flatMap(([service, definition]): SliceMember[] => {
    const port = hostPorts(definition).find((each) => isTakenOver(observed, service, each));
    if (port === undefined && !cloned.includes(service)) return [];
    const published = port === undefined ? undefined : publishedPort(definition, port);
    return [
      {
        service,
        clone: cloneName(service),
        port: published?.target,
        entry:
          port === undefined ? undefined : { port, hostIp: published?.host_ip, preview: undefined },
      },
    ];
  });
}

function isTakenOver(observed: Containers, service: string, port: number): boolean {
  const holders = (role: 'stable' | 'proxy') =>
    containersOf(observed, role).filter(({ publishedPorts }) => publishedPorts.includes(port));
  const isPublished = holders('stable').some((each) => each.service === service);
  const runs = containersOf(observed, 'stable', service).length > 0;
  return holders('proxy').length > 0 || (runs && !isPublished);
}
