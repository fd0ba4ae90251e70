import { buildMap, type ServiceMap } from '../compose/map.ts';
import type { Context } from '../context.ts';
import { hasCode } from '../errors.ts';
import { knownCalls } from '../project/configuration-files.ts';
import { loadComposeProject, loadProject } from '../project/load.ts';

/** The service map; with the slice if there is a canary.yaml. */
export async function map(context: Context): Promise<ServiceMap> {
  try {
    const project = await loadProject(context, 'optional');
    return buildMap(project.model, project.slice, await knownCalls(project.model));
  } catch (error) {
    if (!hasCode(error, 'config-missing')) throw error;
    const { model } = await loadComposeProject(context);
    return buildMap(model, [], await knownCalls(model));
  }
}
