import { createHash } from 'node:crypto';
import { shortCommit } from '../compose/model/names.ts';

/** One image of a release that was built elsewhere. */
export interface ReleasedImage {
  service: string;
  /** Its name as it was asked for, such as `registry/acme/web:1.4.2`; the stable is started with it after a promotion. */
  reference: string;
  /** The digest that the registry gave; none for an image that only this engine has. */
  digest?: string;
  /** The image of this engine that has it, where no registry is asked: it was built or loaded here, or the stable runs it. */
  imageId?: string;
  /** Whether it is what the stable runs already. */
  isSame?: true;
}

/** What a release is made of if it was built elsewhere. A release of a branch has none: there it is the commit. */
export interface ImageSource {
  images: readonly ReleasedImage[];
  /** Variables of the compose file that have other values for the canary. */
  variables: Readonly<Record<string, string>>;
}

/** What identifies images as a commit identifies files: the same for the same images and variables. */
export function revisionOf({ images, variables }: ImageSource): string {
  const parts = [
    ...images.map(({ service, digest, imageId }) => ['image', service, digest ?? imageId ?? '']),
    ...Object.entries(variables).map(([name, value]) => ['variable', name, value]),
  ];
  const text = JSON.stringify(parts.map((part) => JSON.stringify(part)).sort());
  return createHash('sha256').update(text).digest('hex');
}

/** What of it is new, such as `web registry/acme/web:1.4.2`. */
export function describeImages({ images, variables }: ImageSource): string {
  const changed = images.filter(({ isSame }) => !isSame);
  const names = changed.map(
    ({ service, reference, digest }) => `${service} ${reference}${shortDigest(reference, digest)}`,
  );
  // A variable whose value is in the name of an image, such as its tag, is said with it.
  const values = Object.entries(variables)
    .filter(([, value]) => value === '' || !changed.some((each) => each.reference.includes(value)))
    .map(([name, value]) => `${name}=${value}`);
  return [...names, ...values].join(', ') || 'the images as they are';
}

/** The images that this engine does not have yet. */
export function missingImages(images: readonly ReleasedImage[]): ReleasedImage[] {
  return images.filter(({ imageId }) => imageId === undefined);
}

/** Why images are pulled, or only kept because this engine has them. */
export function pullCause(images: readonly ReleasedImage[]): string {
  return missingImages(images).length > 0
    ? 'not on this engine yet'
    : "kept under a name of canary's own";
}

/** The beginning of a digest that the name does not have, because a tag may move. */
function shortDigest(reference: string, digest: string | undefined): string {
  if (digest === undefined || reference.includes('@')) return '';
  return ` (${digest.slice(digest.indexOf(':') + 1).slice(0, 12)})`;
}

/** What is released, in few words: its images, or its commit. */
export function revisionName({
  commit,
  source,
}: {
  commit: string;
  source?: ImageSource | undefined;
}): string {
  return source ? describeImages(source) : shortCommit(commit);
}

/** What a release is of, in few words: its images, or its branch and commit. */
export function releaseTitle({
  branch,
  commit,
  source,
}: {
  branch: string;
  commit: string;
  source?: ImageSource | null | undefined;
}): string {
  return source ? describeImages(source) : `${branch} at ${shortCommit(commit)}`;
}
