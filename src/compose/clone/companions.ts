import { CanaryError } from '../../errors.ts';
import type { ComposeModel } from '../model/model.ts';
import { joinedNamespaces, namespaceMembers } from '../model/namespaces.ts';
import { roleOf } from '../services/roles.ts';

/** A service that must also be chosen, because it belongs to a chosen one. */
export interface Companion {
  service: string;
  /** The chosen service it belongs to. */
  of: string;
  because: string;
}

/**
 * The first missing service without which the chosen ones cannot be cloned; `undefined` if none is
 * missing.
 */
export function missingCompanion(
  model: ComposeModel,
  chosen: readonly string[],
): Companion | undefined {
  for (const of of chosen) {
    const tie = tiesOf(model, of, chosen).find(({ service }) => !chosen.includes(service));
    if (tie) return { ...tie, of };
  }
  return undefined;
}

/** The chosen services and all that belong to them. */
export function wholeOf(model: ComposeModel, chosen: readonly string[]): string[] {
  const whole = [...chosen];
  for (;;) {
    const missing = missingCompanion(model, whole);
    if (!missing) return whole;
    whole.push(missing.service);
  }
}

/** Throws `service-not-cloneable` if the chosen services lack one that belongs to them. */
export function refuseParted(model: ComposeModel, chosen: readonly string[]): void {
  const missing = missingCompanion(model, chosen);
  if (!missing) return;
  const flags = [...chosen, missing.service].map((each) => `--service ${each}`).join(' ');
  throw new CanaryError(
    'service-not-cloneable',
    `Service \`${missing.of}\` cannot be cloned without \`${missing.service}\`: ${missing.because}.`,
    { hint: `Choose both in canary.yaml, or with \`canary init ${flags}\`.` },
  );
}

/**
 * Services that join another's network only to be near it: they are not part of how that service
 * responds.
 */
const BACKGROUND: ReadonlySet<string> = new Set(['job', 'worker', 'scheduler', 'agent']);

function tiesOf(model: ComposeModel, name: string, chosen: readonly string[]) {
  const service = model.services[name] ?? {};
  const contexts = Object.values(service.build?.additional_contexts ?? {});
  const builder = imageBuilder(model, name, chosen);
  return [
    ...joinedNamespaces(service, model).map(({ setting, owner }) => ({
      service: owner,
      because: `\`${name}\` shares its \`${setting}\``,
    })),
    ...namespaceMembers(name, model)
      .filter((member) => !BACKGROUND.has(roleOf(model, member).role))
      .map((member) => ({
        service: member,
        because: `\`${member}\` shares the namespaces of \`${name}\``,
      })),
    ...contexts
      .flatMap((each) => serviceOf(each) ?? [])
      .map((source) => ({ service: source, because: `\`${name}\` is built of its image` })),
    ...(builder
      ? [{ service: builder, because: `it builds the image that \`${name}\` runs` }]
      : []),
  ];
}

/** The service whose image is used as a build context, in Compose's notation. */
export function serviceOf(context: string): string | undefined {
  return /^service:(.+)$/.exec(context)?.[1];
}

/**
 * The service that builds the image of a service without a `build` of its own; a chosen one if
 * several do.
 */
export function imageBuilder(
  model: ComposeModel,
  name: string,
  chosen: readonly string[],
): string | undefined {
  const { build, image } = model.services[name] ?? {};
  if (build || !image) return undefined;
  const builders = Object.entries(model.services)
    .filter(([, other]) => other.build && other.image === image)
    .map(([other]) => other)
    .sort();
  const isPart = (each: string) => chosen.includes(each);
  const isCloneable = (each: string) => !BACKGROUND.has(roleOf(model, each).role);
  return builders.find(isPart) ?? builders.find(isCloneable) ?? builders[0];
}
