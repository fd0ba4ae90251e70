import { buildMap, type ServiceMap } from '../compose/map.ts';
import { hasCode } from '../errors.ts';
import type { Context } from './context.ts';
import { loadComposeProject, loadProject } from './project/project.ts';

/** The service map; with the slice where canary.yaml says what it is. */
export async function map(context: Context): Promise<ServiceMap> {
  try {
    const project = await loadProject(context);
    const chosen = project.slice.map(({ service, entry }) => [service, entry?.port] as const);
    return buildMap(project.model, new Map(chosen));
  } catch (error) {
    if (!hasCode(error, 'config-missing')) throw error;
    const { model } = await loadComposeProject(context);
    return buildMap(model, new Map());
  }
}
