import type { Context } from '../../context.ts';
import type { Release } from '../../rollout/release.ts';
import type { Project } from '../load.ts';
import { type Checkout, checkOut } from './checkout.ts';
import { checkOutImages } from './in-place.ts';

/** What a release is made from: its commit checked out, or its images. */
export function checkOutRelease(
  context: Context,
  project: Project,
  { commit, source }: Pick<Release, 'commit' | 'source'>,
): Promise<Checkout> {
  return source ? checkOutImages(context, project, source) : checkOut(context, project, commit);
}
