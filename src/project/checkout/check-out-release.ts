import { imageName } from '../../compose/model/model.ts';
import type { Context } from '../../context.ts';
import type { Release } from '../../rollout/release.ts';
import type { Project } from '../load.ts';
import { type CheckOutOptions, type Checkout, checkOut } from './checkout.ts';
import { checkOutImages } from './in-place.ts';

/** What a release is made from: its commit checked out with the images it was found to name, or its images. */
export function checkOutRelease(
  context: Context,
  project: Project,
  { commit, source, pulled = [] }: Pick<Release, 'commit' | 'source' | 'pulled'>,
  { vetFiles }: Pick<CheckOutOptions, 'vetFiles'> = {},
): Promise<Checkout> {
  if (source) return checkOutImages(context, project, source);
  return checkOut(context, project, commit, {
    vetFiles,
    // A merge may name others.
    findPulled: async ({ services }) =>
      pulled.filter(
        ({ service, reference }) =>
          imageName(project.name, service, services[service] ?? {}) === reference,
      ),
  });
}
