import { canaryImage } from '../../compose/model/names.ts';
import type { Checkout } from './checkout.ts';

/**
 * The image that canary built or pulled for the clone of a service, by a name of its own; `undefined` if the clone runs
 * the image that its definition names.
 */
export function ownImage(
  project: string,
  { model, commit, pulled }: Pick<Checkout, 'model' | 'commit' | 'pulled'>,
  service: string,
): string | undefined {
  const isPulled = pulled.some((each) => each.service === service);
  const isOwn = isPulled || model.services[service]?.build !== undefined;
  return isOwn ? canaryImage(project, service, commit) : undefined;
}
