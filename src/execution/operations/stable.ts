import { type ComposeModel, imageName, replicasOf } from '../../compose/model/model.ts';
import { previousImage } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import { branchRef } from '../../git/branch-name.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import { ownImage } from '../../project/checkout/own-image.ts';
import { advanceBranch } from '../../project/git/branches.ts';
import { lastingOf, valuesNow, writeLines } from '../../project/images/lasting.ts';
import {
  callOptions,
  hasRelease,
  ifWritable,
  type Run,
  record,
  releaseNow,
} from '../../project/run.ts';
import type { StableImage } from '../../rollout/events.ts';
import { containersOf, type ObservedContainer } from '../../rollout/observed.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import type { Scale } from '../../system/docker/compose.ts';
import { observe } from '../observe.ts';
import { overriddenScope, releasedScope, unlinkedScope } from '../override-file.ts';
import { recreating } from './container-hooks.ts';
import { recreateNamespaceMembers } from './namespace-members.ts';
import { requireImages } from './same-images.ts';

/**
 * Starts services that do not run. An old, stopped container may still claim the entry's port, so it is
 * updated to the current definition; services that never ran are started with their dependencies.
 */
export async function startStable(run: Run, operation: OperationOf<'start-stable'>): Promise<void> {
  const { compose } = run.context;
  const observed = await observe(run);
  const isLinkable = observed.proxy.state === 'running';
  const scope = await (isLinkable ? overriddenScope(run) : unlinkedScope(run));
  const existing = operation.services.filter(
    (service) => containersOf(observed, 'stable', service).length > 0,
  );
  const absent = operation.services.filter((service) => !existing.includes(service));
  if (absent.length > 0) await compose.startMissing(scope, absent, callOptions(run));
  if (existing.length > 0) await compose.up(scope, existing, { ...callOptions(run), pulls: true });
}

/** Gives the stable the images that ran as the canary, and Compose the commit's own definition. */
export async function recreateOnCommit(
  run: Run,
  operation: OperationOf<'replace-stable'>,
): Promise<void> {
  const { context, project } = run;
  const checkout = requireCheckout(run);
  // On a second attempt the stable may be half replaced; what it was is known from the first.
  if (hasRelease(run) && !(await releaseNow(run)).replacing) {
    const previous = await stableImages(run, withMigration(run, operation.services));
    for (const { service, imageId } of previous) {
      await context.engine.tagImage(imageId, previousImage(project.name, service, run.release.id));
    }
    await record(run, {
      type: 'stable-replacing',
      from: await stableBranchAt(run),
      commit: operation.commit,
      previous,
      variables: checkout.source && (await valuesNow(context, project, checkout.source)),
    });
  }
  for (const service of withMigration(run, operation.services)) {
    const tried = ownImage(project.name, checkout, service);
    if (tried === undefined) continue;
    const definition = checkout.model.services[service] ?? {};
    // A migration that was not needed was not built.
    if (!operation.services.includes(service) && !(await context.engine.imageId(tried))) continue;
    await context.engine.tagImage(tried, imageName(project.name, service, definition));
  }
  const scale = await keptScale(run, operation.services, checkout.model);
  const scope = await releasedScope(run, checkout);
  const expected = new Map<string, string>();
  for (const service of operation.services) {
    const name = imageName(project.name, service, checkout.model.services[service] ?? {});
    const imageId = await context.engine.imageId(name);
    if (imageId) expected.set(service, imageId);
  }
  await recreating(run, operation.services, () =>
    context.compose.up(scope, operation.services, { ...callOptions(run), scale }),
  );
  await requireImages(run, expected);
  await recreateNamespaceMembers(run, scope, operation.services);
}

/** With the service that migrates: plain Compose runs it again, and must not run the old one on new data. */
function withMigration({ project }: Run, services: readonly string[]): string[] {
  const { migrate } = project.config.database;
  return [...new Set([...services, ...(migrate ? [migrate.service] : [])])];
}

/** Recreates services whose mounted files changed: otherwise a mounted single file stays the old one. */
export async function refreshStable(
  run: Run,
  operation: OperationOf<'refresh-stable'>,
): Promise<void> {
  const scope = await releasedScope(run, requireCheckout(run));
  await recreating(run, operation.services, () =>
    run.context.compose.recreate(scope, operation.services, callOptions(run)),
  );
  await recreateNamespaceMembers(run, scope, operation.services);
}

/** Puts images and definitions back to what they were before a promotion began. */
export async function restoreStable(
  run: Run,
  operation: OperationOf<'restore-stable'>,
): Promise<void> {
  const { context } = run;
  const replacing = hasRelease(run) ? (await releaseNow(run)).replacing : undefined;
  for (const { imageId, name } of replacing?.previous ?? []) {
    await context.engine.tagImage(imageId, name);
  }
  await takeLinesBack(run);
  const isRestored = ({ service }: StableImage) => operation.services.includes(service);
  const previous = (replacing?.previous ?? []).filter(isRestored);
  const scale = await keptScale(run, operation.services, run.project.model);
  // A file in which nobody wrote the image that was promoted before this one names a still older one.
  const images = new Map(previous.map(({ service, name }) => [service, name]));
  const scope = await overriddenScope(run, { images });
  await recreating(run, operation.services, () =>
    context.compose.up(scope, operation.services, { ...callOptions(run), scale }),
  );
  await requireImages(run, new Map(previous.map((each) => [each.service, each.imageId])));
  await recreateNamespaceMembers(run, scope, operation.services);
}

export async function moveStableBranch(
  run: Run,
  operation: OperationOf<'advance-branch'>,
): Promise<void> {
  const { context, project } = run;
  const ref = branchRef(operation.branch);
  const from = await context.git.resolve(project.repository, ref);
  if (from) await advanceBranch(context, project, { ref, from, to: operation.commit });
  const subject = await context.git.subject(project.repository, operation.commit);
  await record(run, {
    type: 'commit-made',
    branch: operation.branch,
    commit: operation.commit,
    subject,
  });
}

/** Writes which images are the stable's, so that plain Compose keeps them. */
export async function setVariables(
  { project }: Run,
  { file, lines }: OperationOf<'set-variables'>,
): Promise<void> {
  await writeLines(project, file, lines);
}

/** The lines that the promotion of images may have written, before Compose reads them again. */
async function takeLinesBack(run: Run): Promise<void> {
  const { context, project } = run;
  const { source, before } = hasRelease(run) ? await releaseNow(run) : {};
  if (!source || !before?.variables) return;
  const { write } = await lastingOf(context, project, { images: [], variables: before.variables });
  if (write) await ifWritable(run, write.file, () => writeLines(project, write.file, write.lines));
}

/** While Compose makes a container anew, an id stands before the new one's name: killed then, it leaves both. */
function isWhole({ name }: ObservedContainer): boolean {
  return !/^[0-9a-f]{12}_/.test(name);
}

/** Empty where git does not keep the project. */
async function stableBranchAt({ context, project }: Run): Promise<string> {
  const ref = branchRef(project.config.git.stable);
  return (await context.git.resolve(project.repository, ref)) ?? '';
}

/** A stable that was scaled by hand stays so, unless the new definition changes the number of replicas. */
async function keptScale(
  run: Run,
  services: readonly string[],
  { services: definitions }: ComposeModel,
): Promise<Scale> {
  const observed = await observe(run);
  const counts = services.flatMap((service) => {
    const defined = replicasOf(run.project.model.services[service] ?? {});
    const count = containersOf(observed, 'stable', service).filter(isWhole).length;
    const isSame = replicasOf(definitions[service] ?? {}) === defined;
    return isSame && count > defined ? [[service, count] as const] : [];
  });
  return Object.fromEntries(counts);
}

async function stableImages(run: Run, services: readonly string[]): Promise<StableImage[]> {
  const observed = await observe(run);
  return services.flatMap((service) => {
    const [container] = containersOf(observed, 'stable', service);
    return container ? [{ service, name: container.image, imageId: container.imageId }] : [];
  });
}

function requireCheckout(run: Run): Checkout {
  if (run.checkout) return run.checkout;
  throw new CanaryError(
    'internal',
    'The stable cannot be replaced without a checkout of the commit.',
  );
}
