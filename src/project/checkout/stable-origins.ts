import type { Origin } from '../../compose/model/extension.ts';
import { discoveryOf, keptLabels } from '../../compose/services/discovery.ts';
import type { Context } from '../../context.ts';
import type { Project } from '../load.ts';
import type { Checkout } from './checkout.ts';
import { definitionsIn, filesDefining, namedFrom } from './definitions.ts';
import { pathsWithoutVariables } from './path-variables.ts';
import { copyOf } from './prove-clones.ts';

/** Where a service of the stable is defined. */
export interface StableOrigin extends Origin {
  keptLabels?: Readonly<Record<string, string>> | undefined;
}

/** Finds where the stable's services are defined: if Compose could not extend the branch's, these are copied too. */
export async function stableOrigins(
  { compose }: Context,
  project: Project,
  { copies }: Checkout,
  services: readonly string[],
): Promise<(service: string) => StableOrigin> {
  const isCopied = Object.keys(copies).length > 0;
  const isLabelled = (service: string) =>
    discoveryOf(project.model.services[service] ?? {}).labels.length > 0;
  const written =
    isCopied || services.some(isLabelled) ? await compose.written(project.scope) : undefined;
  const definitions = await definitionsIn(project.files, project.directory, {
    expand: pathsWithoutVariables(compose, project.scope),
    ownPath: (path) => path,
  });
  return (service) => {
    const own = written?.services[service];
    return {
      files: namedFrom(project.directory, filesDefining(definitions, service)),
      ...(isCopied ? { copy: copyOf(own) } : {}),
      ...(own && isLabelled(service) ? { keptLabels: keptLabels(own.labels) } : {}),
    };
  };
}
