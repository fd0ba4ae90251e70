import { isDeepStrictEqual } from 'node:util';
import { escapeAll, escapeDollars, type Fields } from '../model/fields.ts';
import type { ComposeService, ComposeVolume } from '../model/model.ts';
import { replace, reset } from '../model/tagged.ts';
import { volumeFields } from './delta.ts';

type Loose = Readonly<Record<string, unknown>>;

/** Fields in which a clone differs on purpose, or that it states itself; see `cloneDelta`. */
const ADAPTED = new Set([
  ...['container_name', 'hostname', 'mac_address', 'pull_policy', 'profiles', 'develop'],
  ...['ports', 'networks', 'network_mode', 'pid', 'ipc', 'external_links', 'links'],
  ...['volumes_from', 'depends_on', 'labels', 'configs', 'secrets'],
]);

/**
 * The fields of a build resolved by Compose that may be written: only paths, because arguments may
 * contain secrets.
 */
const BUILD_PATHS = ['context', 'dockerfile'] as const;

/** Fields that contain no secrets: their value may be written to a file. */
const OPEN = new Set([
  ...[
    'image',
    'user',
    'working_dir',
    'restart',
    'platform',
    'runtime',
    'stop_signal',
    'stop_grace_period',
  ],
  ...['init', 'privileged', 'read_only', 'tty', 'stdin_open', 'shm_size', 'mem_limit', 'cpus'],
  ...['scale', 'deploy', 'tmpfs', 'ulimits', 'sysctls', 'cap_add', 'cap_drop', 'security_opt'],
  ...['expose', 'extra_hosts', 'dns', 'dns_search', 'devices', 'group_add', 'gpus', 'domainname'],
]);

export interface CloneComparison {
  /** The service as Compose resolves it from the branch's own files. */
  expected: ComposeService;
  /** Its clone as Compose resolves it. */
  actual: ComposeService;
  /** Mount targets whose source differs on purpose. */
  moved: readonly string[];
  /** Whether the clone runs an image that is built for it. */
  hasOwnImage: boolean;
  /** Environment variables in which a clone differs on purpose. */
  withheld: readonly string[];
}

/**
 * The fields in which Compose resolves a clone differently from the branch, except those that
 * differ on purpose.
 */
export function differences({ expected, actual, ...meant }: CloneComparison): string[] {
  const [left, right] = [expected, actual].map((service) => comparable(service, meant));
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  return [...keys].filter((key) => !isDeepStrictEqual(left?.[key], right?.[key])).sort();
}

function comparable(
  service: ComposeService,
  { moved, withheld, hasOwnImage }: Omit<CloneComparison, 'expected' | 'actual'>,
): Loose {
  const kept = Object.entries(service).filter(
    ([key, value]) =>
      !ADAPTED.has(key) &&
      !(hasOwnImage && key === 'image') &&
      value !== null &&
      value !== undefined,
  );
  const { build, volumes, environment } = service;
  const { tags: _, cache_to: __, additional_contexts: ___, ...rest } = { ...build } as Loose;
  return {
    ...Object.fromEntries(kept),
    ...(build ? { build: rest } : {}),
    ...(volumes ? { volumes: mountsBut(volumes, moved) } : {}),
    ...(environment ? { environment: without(environment, withheld) } : {}),
  };
}

function mountsBut(volumes: readonly ComposeVolume[], moved: readonly string[]): Loose {
  return Object.fromEntries(
    volumes.filter(({ target }) => !moved.includes(target)).map((each) => [each.target, each]),
  );
}

function without(environment: Loose, keys: readonly string[]): Loose {
  return Object.fromEntries(Object.entries(environment).filter(([key]) => !keys.includes(key)));
}

/**
 * What must be stated explicitly so that Compose resolves a clone as the branch defines it. Fields
 * that cannot be stated without writing a possible secret are left unchanged.
 */
export function corrections(
  fields: readonly string[],
  { expected, actual, moved }: CloneComparison,
): Fields {
  const wanted = expected as Loose;
  return Object.fromEntries(
    fields.flatMap((field): [string, unknown][] => {
      if (field === 'volumes') {
        const kept = (expected.volumes ?? []).filter(({ target }) => !moved.includes(target));
        const others = (actual.volumes ?? []).filter(({ target }) => moved.includes(target));
        return [[field, replace(volumeFields([...kept, ...others]))]];
      }
      if (field === 'build' && expected.build) {
        const paths = BUILD_PATHS.flatMap((key) => {
          const path = expected.build?.[key];
          return path === undefined ? [] : [[key, escapeDollars(path)]];
        });
        return [[field, Object.fromEntries(paths)]];
      }
      if (field === 'environment') {
        const extra = Object.keys(actual.environment ?? {}).filter(
          (key) => !Object.hasOwn(expected.environment ?? {}, key),
        );
        return extra.length > 0
          ? [[field, Object.fromEntries(extra.map((key) => [key, reset(null)]))]]
          : [];
      }
      if (!OPEN.has(field)) return [];
      return [
        [field, Object.hasOwn(wanted, field) ? replace(escapeAll(wanted[field])) : reset(null)],
      ];
    }),
  );
}
