import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import type { ImageWishes } from '../compose/images/wanted.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { readFile } from '../system/disk.ts';
import { collect, collectImage, collectVariable } from './arguments.ts';

const TAG = new Option('--tag <tag>', 'release this tag of the image that the chosen services run');
const IMAGE = new Option(
  '--image <service=image>',
  'release this image of a service; SERVICE@sha256:… for a digest (repeatable)',
)
  .argParser(collectImage)
  .default({} as Record<string, string>, 'none');
const SET = new Option(
  '--set <name=value>',
  'give a variable of the compose file this value for the canary (repeatable)',
)
  .argParser(collectVariable)
  .default({} as Record<string, string>, 'none');
const SET_FROM = new Option(
  '--set-from <file>',
  'the same for every variable of an env file that the chosen services use (repeatable)',
)
  .argParser(collect)
  .default([] as string[], 'none');
const PULL = new Option(
  '--pull',
  'release what the names of the images lead to now, such as a moving tag',
).default(false);

/** Gives a command the flags that name images which were built elsewhere. */
export function withImageOptions<
  Args extends unknown[],
  Own extends OptionValues,
  Global extends OptionValues,
>(command: Command<Args, Own, Global>) {
  return command.addOption(TAG).addOption(IMAGE).addOption(SET).addOption(SET_FROM).addOption(PULL);
}

interface Flags {
  branch?: string | undefined;
  tag?: string | undefined;
  image: Record<string, string>;
  set: Record<string, string>;
  setFrom: readonly string[];
  pull: boolean;
}

/**
 * The images that flags ask for; `undefined` if they ask for none. Paths are relative to `directory`. Throws `usage` if
 * they name a branch too, and `file-unusable`.
 */
export async function wishesOf(
  { branch, tag, image, set, setFrom, pull }: Flags,
  directory: string,
): Promise<ImageWishes | undefined> {
  const isNamed = [image, set, setFrom].some((each) => Object.keys(each).length > 0);
  if (!isNamed && tag === undefined && !pull) return undefined;
  if (branch !== undefined) {
    throw new CanaryError('usage', 'A release is of a branch or of images, not of both.', {
      hint: 'Leave out `--branch`, or `--tag`, `--image`, `--set`, `--set-from` and `--pull`.',
    });
  }
  const offered: Record<string, string> = {};
  for (const file of setFrom) Object.assign(offered, await variablesOf(resolve(directory, file)));
  return { tag, images: image, variables: set, offered, pull };
}

async function variablesOf(file: string): Promise<NodeJS.Dict<string>> {
  try {
    return parseEnv(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new CanaryError('file-unusable', `${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check the path after --set-from.',
      cause,
    });
  }
}
