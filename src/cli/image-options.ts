import { Option } from '@commander-js/extra-typings';
import type { ImageWishes } from '../compose/images/wanted.ts';
import { CanaryError } from '../errors.ts';
import { collectImage, collectVariable } from './arguments.ts';

/** The flags that name images which were built elsewhere. */
export const TAG = new Option(
  '--tag <tag>',
  'release this tag of the image that the chosen services run',
);
export const IMAGE = new Option(
  '--image <service=image>',
  'release this image of a service; SERVICE@sha256:… for a digest (repeatable)',
)
  .argParser(collectImage)
  .default({} as Record<string, string>, 'none');
export const SET = new Option(
  '--set <name=value>',
  'give a variable of the compose file this value for the canary (repeatable)',
)
  .argParser(collectVariable)
  .default({} as Record<string, string>, 'none');
export const PULL = new Option(
  '--pull',
  'release what the names of the images lead to now, such as a moving tag',
).default(false);

interface Flags {
  branch?: string | undefined;
  tag?: string | undefined;
  image: Record<string, string>;
  set: Record<string, string>;
  pull: boolean;
}

/** The images that flags ask for; `undefined` if they ask for none. Throws `usage` if they name a branch too. */
export function wishesOf({ branch, tag, image, set, pull }: Flags): ImageWishes | undefined {
  const isAsked =
    tag !== undefined || pull || Object.keys(image).length > 0 || Object.keys(set).length > 0;
  if (!isAsked) return undefined;
  if (branch !== undefined) {
    throw new CanaryError('usage', 'A release is of a branch or of images, not of both.', {
      hint: 'Leave out `--branch`, or `--tag`, `--image`, `--set` and `--pull`.',
    });
  }
  return { tag, images: image, variables: set, pull };
}
