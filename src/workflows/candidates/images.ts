import type { ImageWishes } from '../../compose/images/wanted.ts';
import { imageName } from '../../compose/model/model.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import { checkOutImages } from '../../project/checkout/in-place.ts';
import { type CommittedImages, commitImages } from '../../project/images/commit-images.ts';
import { findImages, isNothingNew } from '../../project/images/find-images.ts';
import type { Project } from '../../project/load.ts';
import { describeImages } from '../../rollout/source.ts';
import { branchCandidate } from './branch.ts';
import type { Candidate, Vet } from './candidate.ts';
import { getPulled } from './pulled.ts';
import { releasedBefore } from './released-before.ts';

/**
 * Images that were built elsewhere, already pulled: that takes long and may fail, so it comes before the lock and before
 * anything is changed. Where git keeps the lines that name them, they are a commit of the canary branch. `undefined` if
 * the stable is what was asked for, or what a name leads to was taken back before. `vet` throws what is in the way
 * of it, before the pull.
 */
export async function imageCandidate(
  context: Context,
  project: Project,
  wishes: ImageWishes,
  vet?: Vet,
): Promise<Candidate | undefined> {
  const found = await findImages(context, project, wishes, context.signal);
  const { source } = found;
  const checkout = await checkOutImages(context, project, source);
  if (isNothingNew(source, project, checkout.model)) {
    context.emit({ type: 'notice', text: 'The stable runs that already.' });
    return undefined;
  }
  const known = wishes.pull ? await releasedBefore(project, checkout.commit) : undefined;
  if (known !== undefined) {
    context.emit({ type: 'notice', text: known });
    return undefined;
  }
  await vet?.(checkout);
  const what = describeImages(source);
  const committed = wishes.pull ? undefined : await commitImages(context, project, found);
  if (committed) return committedCandidate(context, project, what, committed);
  await getPulled(context, project, checkout);
  context.emit({ type: 'notice', text: `The canary: ${what}.` });
  return { branch: '', checkOut: async () => checkout };
}

/** The commit of a branch, with the images that it names. */
async function committedCandidate(
  context: Context,
  project: Project,
  what: string,
  { branch, commit, from, pulled }: CommittedImages,
): Promise<Candidate> {
  await getPulled(context, project, { commit, pulled });
  context.emit({
    type: 'notice',
    text: `The canary: ${what}, as a commit on \`${branch}\`.`,
  });
  const ahead = { commit, from, isPushed: false, pulled };
  const candidate = await branchCandidate(context, project, {
    ...{ branch, ahead, patches: [], message: undefined },
  });
  return {
    ...candidate,
    async checkOut() {
      const checkout = await candidate.checkOut();
      requireNamed(project, checkout);
      return checkout;
    },
  };
}

/** What the commit says must be what was asked for, however Compose puts its files together. */
function requireNamed({ name }: Project, { model, pulled }: Checkout): void {
  const other = pulled.find(
    ({ service, reference }) =>
      imageName(name, service, model.services[service] ?? {}) !== reference,
  );
  if (!other) return;
  throw new CanaryError(
    'image-unknown',
    `The commit that names ${other.reference} does not give it to \`${other.service}\`.`,
    {
      hint: 'Write the image on a branch yourself, and deploy that: `canary deploy --branch NAME`.',
    },
  );
}
