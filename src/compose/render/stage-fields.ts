import type { Fields } from '../model/fields.ts';
import type { ComposeService } from '../model/model.ts';
import { replace, reset } from '../model/tagged.ts';
import { isEmpty, isHarmless } from '../services/reach.ts';

/** Fields that a rehearsal states itself, so that the service's own value has no effect. */
export const STATED: ReadonlySet<string> = new Set([
  ...['image', 'build', 'pull_policy', 'container_name', 'hostname', 'labels', 'restart'],
  ...['networks', 'ports', 'depends_on', 'links', 'external_links', 'volumes', 'privileged'],
  ...['cpu_shares', 'logging', 'scale', 'deploy'],
]);

/** Fields whose loss changes nothing in a rehearsal. */
const UNIMPORTANT: ReadonlySet<string> = new Set(['develop', 'label_file', 'pull_refresh_after']);

/**
 * Takes away every field that is not known to be harmless: a rehearsal must not reach the machine,
 * its devices or sockets, or another container. A field that Compose adds later is taken away until
 * it is listed here.
 */
export function withoutReach(definition: ComposeService): Fields {
  const away = Object.entries(definition).filter(([field, value]) => !isKept(field, value));
  return Object.fromEntries(
    away.map(([field, value]) => [field, reset(Array.isArray(value) ? [] : null)]),
  );
}

/** The fields of a service that it lacks in a rehearsal and may need, as the operator knows them. */
export function missedFields(definition: ComposeService): string[] {
  const fields = Object.entries(definition).filter(
    ([field, value]) => !isKept(field, value) && !UNIMPORTANT.has(field) && !isEmpty(value),
  );
  return [...fields.map(([field]) => field), ...(definition.privileged ? ['privileged'] : [])];
}

/** The limits of its resources are kept; devices are not. */
export function deployFields({ deploy }: ComposeService): Fields {
  if (!deploy) return {};
  const { limits } = deploy.resources ?? {};
  return { deploy: replace({ replicas: 1, ...(limits ? { resources: { limits } } : {}) }) };
}

function isKept(field: string, value: unknown): boolean {
  return STATED.has(field) || isHarmless(field, value);
}
