import { ownValue } from '../../config/values/by-name.ts';
import { CanaryError } from '../../errors.ts';
import { withNearest } from '../../nearest.ts';
import type { Fields } from '../model/fields.ts';
import type { ComposeModel } from '../model/model.ts';
import { formatReference, isTag, parseReference, type Reference } from './reference.ts';
import { expressionsIn, solveReference, type Variables } from './variables.ts';

/** What a release of images is asked to be. */
export interface ImageWishes {
  /** The tag that the chosen services of one repository get. */
  tag?: string | undefined;
  /** Images by service; a digest alone, `@sha256:…`, is one of the service's own repository. */
  images: Readonly<Record<string, string>>;
  /** Variables of the compose file, with the values that the canary has. */
  variables: Variables;
  /** Variables of a file, of which those count that the chosen services use. */
  offered: Variables;
  /** Looks up again what the names lead to now. */
  pull: boolean;
}

/** The wishes in terms of the compose file. */
export interface WantedImages {
  /** Variables that give the canary other values. */
  variables: Variables;
  /** Images that no variable gives, by service. */
  named: Readonly<Record<string, string>>;
}

/** The stable, as Compose resolves it and as it is written. */
interface Stable {
  model: Pick<ComposeModel, 'services'>;
  written: Readonly<Record<string, Fields | undefined>>;
  /** The services that are released. */
  services: readonly string[];
}

/**
 * Expresses wishes by variables where the compose file has some, so that a promotion can last; else by names of images.
 * Throws `usage` if they are unclear, or name what the chosen services do not have.
 */
export function wantedImages(stable: Stable, wishes: ImageWishes): WantedImages {
  const given = givenVariables(stable, wishes);
  const images: Record<string, Reference> = {
    ...ofTag(stable, wishes),
    ...ofServices(stable, wishes),
  };
  const variables = new Map(Object.entries(given));
  const named: [string, string][] = [];
  for (const [service, reference] of Object.entries(images)) {
    const wanted = formatReference(reference);
    const current = stable.model.services[service]?.image ?? '';
    const solved = solveReference(stable.written[service]?.image, wanted, current);
    const known = solved && variables.get(solved.name);
    if (solved && (known === undefined || known === solved.value))
      variables.set(solved.name, solved.value);
    else named.push([service, wanted]);
  }
  return { variables: Object.fromEntries(variables), named: Object.fromEntries(named) };
}

/** The variables that are given. One that nothing uses would be a canary that differs in nothing. */
function givenVariables(
  { written, services }: Stable,
  { variables, offered }: ImageWishes,
): Variables {
  const known = new Set(
    services.flatMap((service) => expressionsIn(written[service]).map(({ name }) => name)),
  );
  const unknown = Object.keys(variables).find((name) => !known.has(name));
  const used = Object.entries(offered).filter(([name]) => known.has(name));
  const isInVain = Object.keys(offered).length > 0 && used.length === 0;
  if (unknown === undefined && !isInVain) return { ...Object.fromEntries(used), ...variables };
  const what = unknown === undefined ? 'variable of the file' : `variable \`${unknown}\``;
  throw new CanaryError('usage', `The chosen services use no ${what}.`, {
    hint:
      known.size > 0
        ? `They use ${[...known].sort().join(', ')}.`
        : 'Their part of the compose file has no variables.',
  });
}

/** The services that a tag is meant for: those of the one repository that the chosen services run. */
function ofTag(
  { model, services }: Stable,
  { tag, images }: ImageWishes,
): Record<string, Reference> {
  if (tag === undefined) return {};
  if (!isTag(tag)) throw new CanaryError('usage', `\`${tag}\` is not a tag of an image.`);
  const candidates = services.flatMap((service) => {
    const reference = parseReference(model.services[service]?.image ?? '');
    return reference && ownValue(images, service) === undefined ? [{ service, reference }] : [];
  });
  const repositories = [...new Set(candidates.map(({ reference }) => reference.repository))];
  const [repository] = repositories;
  if (repository === undefined) {
    throw new CanaryError('usage', 'None of the chosen services runs an image of a registry.', {
      hint: 'They are built here: deploy a branch, `canary deploy --branch NAME`.',
    });
  }
  if (repositories.length > 1) {
    throw new CanaryError('usage', 'The chosen services run images of several repositories.', {
      details: candidates.map(({ service, reference }) => `${service}: ${reference.repository}`),
      hint: `Name each: \`--image ${candidates[0]?.service}=${repository}:${tag}\`, or the variable that they share: \`--set NAME=${tag}\`.`,
    });
  }
  return Object.fromEntries(candidates.map(({ service }) => [service, { repository, tag }]));
}

function ofServices(
  { model, services }: Stable,
  { images }: ImageWishes,
): Record<string, Reference> {
  const entries = Object.entries(images).map(([service, text]): [string, Reference] => {
    if (!services.includes(service)) {
      throw new CanaryError('service-unknown', `canary.yaml does not choose \`${service}\`.`, {
        hint: withNearest(`It chooses ${services.join(', ')}.`, service, services),
      });
    }
    const own = parseReference(model.services[service]?.image ?? '')?.repository ?? '';
    const reference = parseReference(text.startsWith('@') ? `${own}${text}` : text);
    if (!reference) throw new CanaryError('usage', `\`${text}\` is not the name of an image.`);
    const isBare = reference.tag === undefined && reference.digest === undefined;
    return [service, isBare ? { ...reference, tag: 'latest' } : reference];
  });
  return Object.fromEntries(entries);
}
