import type { ComposeService } from '../model/model.ts';
import type { ConfigurationFile } from './configuration-file.ts';

/** Names of images are not longer, and no more of a command says what it is. */
const LONGEST_NAME = 255;
const LONGEST_COMMAND = 4000;

/** Ignores registry and tag: `app:1-redis` is an app; `mcr.example/mssql/server` is a server. */
export function programName(image: string): string {
  const path = image
    .slice(0, LONGEST_NAME)
    .toLowerCase()
    .replace(/@.*$/s, '')
    .replace(/:[^/:]*$/, '')
    .split('/');
  const name = path.at(-1) ?? '';
  return name === 'server' ? `${path.at(-2) ?? ''}/${name}` : name;
}

/**
 * The base image of an image that is built here: that of the last stage of its Dockerfile, followed
 * through the stages it names.
 */
function baseImage(files: readonly ConfigurationFile[]): string | undefined {
  for (const { text } of files) {
    const stages = [
      ...text.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim),
    ].map(([, image = '', name]) => ({ image, name }));
    let last = stages.at(-1)?.image;
    for (const { image, name } of stages.toReversed()) {
      if (name !== undefined && name === last) last = image;
    }
    if (last !== undefined) return last;
  }
  return undefined;
}

/** The names of the programs that a service may run, by its image or its base image. */
export function programsOf(
  { build, image }: ComposeService,
  files: readonly ConfigurationFile[] = [],
): string[] {
  const base = build ? baseImage(files) : undefined;
  const images = build ? [base] : [image];
  return images.flatMap((each) => (each ? [programName(each)] : []));
}

/** The command that starts a service, as one text. */
export function commandText({ entrypoint, command }: ComposeService): string {
  const words = [...(entrypoint ?? []), ...(command ?? [])].join(' ').slice(0, LONGEST_COMMAND);
  return words.replaceAll(/\s+/g, ' ').trim();
}
