import { replicasOf } from '../compose/model/model.ts';
import { edgeKeepsAddresses, edgeKind } from '../compose/services/edge.ts';
import { hasChecks } from '../config/sections/analysis.ts';
import type { Context } from '../context.ts';
import { touchedTables } from '../database/backup.ts';
import { branchRef } from '../git/branch-name.ts';
import { type Checkout, checkedOutServices } from '../project/checkout/checkout.ts';
import { ownImage } from '../project/checkout/own-image.ts';
import { lastingOf } from '../project/images/lasting.ts';
import type { Project } from '../project/load.ts';
import { hasRelease, type Run, releaseNow } from '../project/run.ts';
import { standInDefinitions } from '../project/stand-in-definitions.ts';
import { rehearsedOn } from '../rehearsal/agreement.ts';
import type { Situation } from '../rollout/plan-draft.ts';
import type { Release } from '../rollout/release.ts';
import { revisionOf } from '../rollout/source.ts';

/** What plans are made from, besides the containers: images, the branch, the proxy's configuration. */
export async function situationOf(run: Run): Promise<Situation> {
  const { context, project, checkout } = run;
  const release = hasRelease(run) ? await releaseNow(run) : undefined;
  const images = new Map(checkout ? await ownImages(context, project, checkout) : []);
  const rehearses = checkout ? await rehearsesOn(project, checkout, release) : [];
  return {
    services: Object.keys(project.model.services),
    slice: project.slice,
    standIns: standInDefinitions(project),
    withHost: Object.entries(project.model.services).flatMap(([name, { environment }]) =>
      environment?.VIRTUAL_HOST ? [name] : [],
    ),
    keepsAddresses: (service) => keepsAddresses(project, service),
    unbuilt: () => [...images].filter(([, id]) => id === undefined).map(([service]) => service),
    hasChecks: hasChecks(project.config),
    migrates: release?.migration === 'done' ? undefined : project.config.database.migrate?.service,
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
    pulled: checkout?.pulled ?? [],
    branchAt: await stableAt(run, release),
  };
}

/** The databases on whose copies a canary must boot; none once it has, unless it must do so every time. */
async function rehearsesOn(
  project: Project,
  checkout: Checkout,
  release: Release | undefined,
): Promise<string[]> {
  const { rehearsal } = release ?? {};
  // A failed migration may have left any state: the next boot is rehearsed again.
  const hasPassed =
    rehearsal !== undefined && !rehearsal.isRefused && release?.migration !== 'failed';
  if (hasPassed && project.config.database.rehearse === 'auto') return [];
  return rehearsedOn(project, checkout);
}

/** The services of which canary builds or keeps images, each with the id of its image where that exists. */
async function ownImages({ engine }: Context, project: Project, checkout: Checkout) {
  const found = checkedOutServices(project).map(async (service) => {
    const image = ownImage(project.name, checkout, service);
    return image === undefined ? [] : [[service, await engine.imageId(image)] as const];
  });
  return (await Promise.all(found)).flat();
}

/** What plain Compose would make of the stable; see `Situation`. */
async function stableAt(
  { context, project, checkout }: Run,
  release: Release | undefined,
): Promise<string | undefined> {
  const source = checkout?.source ?? release?.source;
  if (!source) return context.git.resolve(project.repository, branchRef(project.config.git.stable));
  const { write } = await lastingOf(context, project, source);
  return write ? undefined : revisionOf(source);
}

/** The databases whose tables are backed up; before the rehearsal it is not known which of them a boot changes. */
function backsUp(
  { config }: Project,
  rehearses: readonly string[],
  release: Release | undefined,
): readonly string[] {
  if (config.database.backup === 'off' || release?.hasBooted) return [];
  if (rehearses.length > 0 || !release?.rehearsal) return rehearses;
  return touchedTables(release.rehearsal.report).map(({ service }) => service);
}

/** Applications resolve a name for every connection; for an unknown proxy the worse case is assumed. */
function keepsAddresses({ model, slice }: Project, service: string): boolean {
  const definition = model.services[service];
  const isEdge = slice.some(
    ({ ingress }) => ingress?.kind === 'behind' && ingress.callers.includes(service),
  );
  if (!isEdge && !(definition && edgeKind(definition))) return false;
  return edgeKeepsAddresses(definition);
}
