import { ownValue } from '../../config/values/by-name.ts';

/** Fields of a service that give nothing outside of its container. */
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
  // The engine itself connects to others, also to sockets of the machine.
  logging: (value) => isLocalLog(value as Logging | null),
  post_start: isUnprivileged,
  pre_stop: isUnprivileged,
};

/**
 * Whether a field of a service gives its container nothing outside: not the machine, its devices or
 * sockets, nor another container. A field that is not known here may give something.
 */
export function isHarmless(field: string, value: unknown): boolean {
  return HARMLESS.has(field) || (ownValue(DEPENDS, field)?.(value) ?? false);
}

/** Whether the value of a field is as good as none. */
export function isEmpty(value: unknown): boolean {
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}

interface Logging {
  driver?: string;
  options?: object | null;
}

function isLocalLog(logging: Logging | null): boolean {
  const { driver, options } = logging ?? {};
  if (driver === undefined)
    return Object.keys(options ?? {}).every((key) => key.startsWith('max-'));
  return ['json-file', 'local', 'none'].includes(driver);
}

/** Whether no hook of a service is privileged. */
function isUnprivileged(hooks: unknown): boolean {
  return Array.isArray(hooks) && hooks.every((hook) => !hook?.privileged);
}
