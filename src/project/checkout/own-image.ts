import { canaryImage } from '../../compose/model/names.ts';
import type { Checkout } from './checkout.ts';

/**
 * The image that canary built or pulled for the clone of a service, by a name of its own; `undefined` if the clone runs
 * the image that its definition names.
 */
export function ownImage(
  project: string,
  { model, commit, source }: Pick<Checkout, 'model' | 'commit' | 'source'>,
  service: string,
): string | undefined {
  const isOwn = source !== undefined || model.services[service]?.build !== undefined;
  return isOwn ? canaryImage(project, service, commit) : undefined;
}
