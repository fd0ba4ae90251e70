import { edgeKeepsAddresses, edgeKind } from '../../compose/edge.ts';
import { replicasOf } from '../../compose/model.ts';
import { canaryImage } from '../../compose/names.ts';
import { hasChecks } from '../../config/analysis.ts';
import { touchedTables } from '../../database/backup.ts';
import { branchRef } from '../../git/branch-name.ts';
import type { Situation } from '../../rollout/draft.ts';
import type { Release } from '../../rollout/release.ts';
import type { Context } from '../context.ts';
import type { Checkout } from '../project/checkout.ts';
import type { Project } from '../project/project.ts';
import { sharedDataOf } from '../rehearsal/agreement.ts';

/** What plans are made from besides the containers: images, the branch, the proxy's configuration. */
export async function situationOf(
  context: Context,
  project: Project,
  checkout?: Checkout,
  /** Of which the canary is to be; absent where it is not known yet. */
  release?: Release,
): Promise<Situation> {
  const images = new Map<string, string | undefined>();
  for (const { service } of project.slice) {
    const definition = checkout?.model.services[service];
    if (!checkout || !definition?.build) continue;
    images.set(
      service,
      await context.engine.imageId(canaryImage(project.name, service, checkout.commit)),
    );
  }
  const rehearses = checkout ? await rehearsesOn(project, release) : [];
  return {
    services: Object.keys(project.model.services),
    slice: project.slice,
    keepsAddresses: (service) => keepsAddresses(project, service),
    unbuilt: () => [...images].filter(([, id]) => id === undefined).map(([service]) => service),
    hasChecks: hasChecks(project.config),
    rehearses,
    backsUp: backsUp(project, rehearses, release),
    replicas: (service) => replicasOf((checkout ?? project).model.services[service] ?? {}),
    stableRuns: (container) => {
      const built = images.has(container.service);
      if (built) return images.get(container.service) === container.imageId;
      return checkout?.model.services[container.service]?.image === container.image;
    },
    proxy: {
      definition: project.proxy.definition,
      configuration: project.proxy.digest,
      users: project.proxy.users,
      endsTls: project.proxy.certificates.folders.length > 0,
    },
    movedFiles: [],
    branchAt: await context.git.resolve(project.repository, branchRef(project.config.git.stable)),
  };
}

/** The databases that a canary has to boot on copies of; none once it has, unless it is to do so every time. */
async function rehearsesOn(project: Project, release: Release | undefined): Promise<string[]> {
  const { rehearsal } = release ?? {};
  const hasPassed = rehearsal !== undefined && !rehearsal.isRefused;
  if (hasPassed && project.config.database.rehearse === 'auto') return [];
  return (await sharedDataOf(project)).databases.map(({ service }) => service);
}

/** The databases whose tables are kept; what a boot changes that is still to be rehearsed is not known yet. */
function backsUp(
  { config }: Project,
  rehearses: readonly string[],
  release: Release | undefined,
): readonly string[] {
  if (config.database.backup === 'off' || release?.hasBooted) return [];
  if (rehearses.length > 0 || !release?.rehearsal) return rehearses;
  return touchedTables(release.rehearsal.report).map(({ service }) => service);
}

/** Applications ask for every connection; of a proxy that is not known the worse is assumed. */
function keepsAddresses({ model, slice }: Project, service: string): boolean {
  const definition = model.services[service];
  const isEdge = slice.some(
    ({ door }) => door?.kind === 'behind' && door.callers.includes(service),
  );
  if (!isEdge && !(definition && edgeKind(definition))) return false;
  return edgeKeepsAddresses(definition);
}
