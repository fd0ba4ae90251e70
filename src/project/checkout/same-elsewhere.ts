import { basename } from 'node:path';
import type { ComposeModel } from '../../compose/model/model.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import type { Project } from '../load.ts';
import type { DefiningFile } from './definitions.ts';
import type { Mirror } from './mirror.ts';

interface Read {
  mirror: Mirror;
  files: readonly string[];
  definitions: readonly DefiningFile[];
  model: ComposeModel;
  envFile: string | undefined;
}

/**
 * A promotion gives Compose the branch's files in the user's folder, where the files they include or extend are still
 * the stable's: a branch that changes chosen services there could be tried but never promoted as it was.
 */
export async function requireSameElsewhere(
  { compose }: Context,
  { scope }: Project,
  { mirror, files, model, definitions, envFile }: Read,
  services: readonly string[],
): Promise<void> {
  if (definitions.every(({ file, isWhole }) => isWhole && files.includes(file))) return;
  const promoted = await compose.model({
    ...scope,
    files,
    ...(envFile && { envFiles: [envFile] }),
  });
  const asPromoted = (service: string) => JSON.stringify(promoted.services[service]);
  const asTried = (service: string) =>
    JSON.stringify(model.services[service])?.replaceAll(mirror.root, '');
  const other = services.find((service) => asPromoted(service) !== asTried(service));
  if (!other) return;
  throw new CanaryError(
    'service-not-cloneable',
    `The branch says \`${other}\` otherwise in a file that the compose file includes or extends.`,
    {
      hint: `Bring that definition to the stable first, or write it in ${basename(files[0] ?? 'the compose file')} itself. Changes of code and of images built here are possible.`,
    },
  );
}
