import { join } from 'node:path';
import { cloneName, migrationName } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import { leavesOutGit } from '../../git/dockerignore.ts';
import { isInside } from '../../project/checkout/mirror.ts';
import {
  buildOptions,
  callOptions,
  hasRelease,
  type Run,
  record,
  releaseNow,
} from '../../project/run.ts';
import type { CanaryImage } from '../../rollout/events.ts';
import {
  clonesOf,
  containersOf,
  type Observed,
  type ObservedContainer,
} from '../../rollout/observed.ts';
import type { OperationOf, ReplicaCounts } from '../../rollout/operation.ts';
import type { Scale } from '../../system/docker/compose.ts';
import { readIfExists } from '../../system/files.ts';
import { observe } from '../observe.ts';
import { overriddenScope } from '../override-file.ts';
import { stopContainer } from './container-hooks.ts';

export async function build(run: Run, operation: OperationOf<'build'>): Promise<void> {
  const scope = await overriddenScope(run);
  const isCloned = (name: string) => run.project.slice.some(({ service }) => service === name);
  const names = operation.services.map((name) =>
    isCloned(name) ? cloneName(name) : migrationName(name),
  );
  await giveGitFolder(run, operation.services);
  await run.context.compose.build(scope, names, buildOptions(run));
}

/** A build from the top of the repository may read its git folder, as it does in the user's tree. */
async function giveGitFolder(
  { context, project, checkout }: Run,
  services: readonly string[],
): Promise<void> {
  if (!checkout) return;
  const { tree, commit, model, mounts } = checkout;
  const builds = services.map((service) => model.services[service]?.build);
  if (!builds.some((build) => build?.context === tree)) return;
  if (leavesOutGit((await readIfExists(join(tree, '.dockerignore'))) ?? '')) return;
  const isWritten = Object.values(mounts)
    .flat()
    .some(({ source, volume }) => isInside(tree, source) && volume.read_only !== true);
  await context.git.giveOwnFolder(project.repository, tree, commit, { isWritten });
}

export async function startCanary(run: Run, operation: OperationOf<'start-canary'>): Promise<void> {
  const scope = await overriddenScope(run);
  const scale = scaleOf(operation.counts ?? {});
  await run.context.compose.up(scope, operation.services.map(cloneName), {
    ...callOptions(run),
    scale,
    pulls: true,
  });
}

/** Adds containers; those that run are not changed. */
export async function growCanary(run: Run, operation: OperationOf<'grow-canary'>): Promise<void> {
  const scope = await overriddenScope(run);
  await run.context.compose.grow(scope, scaleOf(operation.counts), callOptions(run));
}

function scaleOf(counts: ReplicaCounts): Scale {
  return Object.fromEntries(
    Object.entries(counts).map(([service, count]) => [cloneName(service), count]),
  );
}

/** Records which images the release's clones run, if they changed. */
export async function recordImages(run: Run, observed: Observed): Promise<void> {
  if (!hasRelease(run)) return;
  const release = await releaseNow(run);
  const canaries = containersOf(observed, 'canary').filter(
    (each) => each.commit === release.commit,
  );
  const images = canaries
    .map(({ service, image, imageId }) => ({ service, image, imageId }))
    // Replicas run the same image.
    .filter(
      ({ service }, index, all) => all.findIndex((each) => each.service === service) === index,
    );
  const other = canaries.find(({ service, imageId }) =>
    images.some((each) => each.service === service && each.imageId !== imageId),
  );
  if (other) throw mixedImages(other);
  if (idsOf(images) !== idsOf(release.images))
    await record(run, { type: 'canary-started', images });
}

function mixedImages({ name, service }: ObservedContainer): CanaryError {
  return new CanaryError(
    'image-changed',
    `Container ${name} runs another image than the canary of \`${service}\` beside it.`,
    {
      hint: 'Did somebody build or pull an image meanwhile? `canary abort`, then deploy again.',
    },
  );
}

function idsOf(images: readonly CanaryImage[]): string {
  return images.map(({ service, imageId }) => `${service} ${imageId}`).join();
}

export async function retire(run: Run, operation: OperationOf<'retire-canary'>): Promise<void> {
  const observed = await observe(run);
  const containers = clonesOf(observed).filter((each) => operation.services.includes(each.service));
  const { engine } = run.context;
  await Promise.all(
    containers.map(async (container) => {
      await stopContainer(run, container);
      // Also removes the volumes that only it used.
      await engine.destroyContainer(container.id);
    }),
  );
}
