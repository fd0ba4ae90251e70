import { join, relative } from 'node:path';
import { changedOutside } from '../../compose/model/changes.ts';
import { shortCommit } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import { branchRef } from '../../git/branch-name.ts';
import {
  type Checkout,
  checkedOutServices,
  servicesMounting,
} from '../../project/checkout/checkout.ts';
import { withOwnPaths } from '../../project/checkout/mirror.ts';
import { CONFIG_NAME } from '../../project/load.ts';
import { type ReleaseRun, releaseNow } from '../../project/run.ts';
import { exists } from '../../system/files.ts';

/** A release in progress, and the commit that will become the stable. */
export type PromotionRun = ReleaseRun & { checkout: Checkout };

/** The paths that a promotion changes, relative to the repository. */
export async function changedPaths(run: PromotionRun): Promise<string[]> {
  if (run.checkout.source) return [];
  const { git } = run.context;
  const { repository, config } = run.project;
  const { replacing } = await releaseNow(run);
  const from = replacing?.from ?? (await git.resolve(repository, branchRef(config.git.stable)));
  return from ? git.changedPaths(repository, from, run.checkout.commit) : [];
}

/** A promotion replaces only the slice; a user who pushed or merged more than that should know. */
export function sayWhatStays(
  { context, project, checkout }: PromotionRun,
  paths: readonly string[],
): void {
  const services = changedOutside({
    // The migration ran once, and its image is the stable's.
    slice: checkedOutServices(project),
    root: project.repository,
    before: project.model.services,
    after: withOwnPaths(checkout.mirror, checkout.model.services),
    paths,
  });
  if (services.length === 0) return;
  const names = services.join(' ');
  context.emit({
    type: 'warning',
    text: `${services.join(', ')} changed too, but canary.yaml does not clone it: what runs stays. When it may restart: \`docker compose up -d --build ${names}\`.`,
  });
}

/** Nothing could be deployed any more beside a stable without its canary.yaml. */
export async function refuseWithoutConfig(
  { context, project, checkout }: PromotionRun,
  paths: readonly string[],
): Promise<void> {
  const isGone = !(await exists(join(checkout.directory, CONFIG_NAME)));
  const path = join(relative(project.repository, project.directory), CONFIG_NAME);
  if (context.options.config !== undefined || !isGone || !paths.includes(path)) return;
  throw new CanaryError('config-missing', `${shortCommit(checkout.commit)} removes ${path}.`, {
    hint: 'Keep it in the branch. Nothing was changed.',
  });
}

/**
 * The services that mount files which this promotion changes. The files come from the user's working tree, so that
 * tree must be on the stable branch and move along; otherwise new code would run with old files.
 */
export async function findMovedFiles(
  { context: { git }, project, checkout }: PromotionRun,
  paths: readonly string[],
): Promise<string[]> {
  const ref = branchRef(project.config.git.stable);
  const services = servicesMounting(checkout, paths);
  if (
    services.length === 0 ||
    (await git.checkedOutAt(project.repository, ref)) === project.repository
  )
    return services;
  throw new CanaryError(
    'branch-checked-out',
    `The promotion changes files that ${services.join(', ')} mounts, but ${project.repository} is not on \`${project.config.git.stable}\`.`,
    {
      hint: `Switch that working tree to \`${project.config.git.stable}\`, then promote again. Nothing was changed.`,
    },
  );
}
