import type { Fields } from '../model/fields.ts';
import type { ComposeService } from '../model/model.ts';
import { replace, reset } from '../model/tagged.ts';

/** Fields that a rehearsal states itself, so that the service's own value has no effect. */
export const STATED: ReadonlySet<string> = new Set([
  ...['image', 'build', 'pull_policy', 'container_name', 'hostname', 'labels', 'restart'],
  ...['networks', 'ports', 'depends_on', 'links', 'external_links', 'volumes', 'privileged'],
  ...['cpu_shares', 'logging', 'scale', 'deploy'],
]);

/** Fields that give nothing outside of the container. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['command', 'entrypoint', 'environment', 'env_file', 'user', 'group_add', 'working_dir'],
  ...['configs', 'secrets', 'tmpfs', 'shm_size', 'storage_opt', 'healthcheck', 'expose'],
  ...['init', 'tty', 'stdin_open', 'attach', 'read_only', 'cap_drop', 'sysctls', 'ulimits'],
  ...['stop_signal', 'stop_grace_period', 'platform', 'isolation', 'profiles'],
  ...['cpus', 'cpu_count', 'cpu_percent', 'cpu_period', 'cpu_quota', 'cpuset'],
  ...['mem_limit', 'mem_reservation', 'mem_swappiness', 'memswap_limit', 'pids_limit'],
  ...['domainname', 'dns_search', 'dns_opt', 'extra_hosts'],
]);

/** Fields that give nothing outside with some values. */
const DEPENDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  // Others may add devices.
  runtime: (value) => /^(runc|runsc|kata[\w-]*)$/.test(String(value)),
  post_start: isUnprivileged,
  pre_stop: isUnprivileged,
};

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
  return STATED.has(field) || HARMLESS.has(field) || (DEPENDS[field]?.(value) ?? false);
}

/** Whether no hook of a service is privileged. */
function isUnprivileged(hooks: unknown): boolean {
  return Array.isArray(hooks) && hooks.every((hook) => !hook?.privileged);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}
