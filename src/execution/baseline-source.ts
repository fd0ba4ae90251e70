import type { BaselineSource } from '../compose/render/baseline.ts';
import { byName } from '../config/values/by-name.ts';
import { stableOrigins } from '../project/checkout/stable-origins.ts';
import type { Project } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import { containersOf } from '../rollout/observed.ts';

/** The existing baselines with their image, and the coming ones with the image that the stable runs now. */
export async function baselineSource(
  { context, project, checkout }: Run,
  coming: readonly string[],
): Promise<BaselineSource> {
  const services = baselinesOf(project);
  if (!checkout || services.length === 0) return byName();
  const containers = await context.engine.containers(project.name);
  const originOf = await stableOrigins(context, project, checkout, services);
  return byName(
    services.flatMap((service) => {
      const role = coming.includes(service) ? 'stable' : 'baseline';
      const found = containersOf({ containers }, role, service);
      const model = found.find(({ state }) => state === 'running') ?? found[0];
      if (!model) return [];
      return [[service, { image: model.imageId, ...originOf(service) }] as const];
    }),
  );
}

/** The services of the slice that have a baseline while a release goes through its steps. */
export function baselinesOf({ slice }: Pick<Project, 'slice'>): string[] {
  return slice.flatMap(({ service, baseline }) => (baseline ? [service] : []));
}
