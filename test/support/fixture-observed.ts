import { byWeight, OFF } from '../../src/proxy/weight-map.ts';
import type { Observed, ObservedContainer, ObservedProxy } from '../../src/rollout/observed.ts';
import type { Situation } from '../../src/rollout/plan-draft.ts';

/** Commits whose first twelve digits are easy to distinguish. */
export const OLD = '0'.repeat(40);
export const NEW = 'a'.repeat(40);
export const OTHER = 'b'.repeat(40);

export const CONFIGURATION = 'c0ffee';
export const DEFINITION = 'decade';
/** The users in lists: none. */
export const USERS: ObservedProxy['users'] = new Map();

/** Built images in these tests are named by their content. */
export function imageOf(service: string, commit: string): string {
  return `${service}@${commit}`;
}

function container(
  role: ObservedContainer['role'],
  service: string,
  rest: Partial<ObservedContainer> = {},
): ObservedContainer {
  const name = `shop-${service}${role === 'stable' ? '' : `-${role}`}-1`;
  return {
    id: name,
    name,
    service,
    role,
    state: 'running',
    health: 'none',
    imageId: imageOf(service, OLD),
    image: `shop-${service}`,
    startedAt: '2026-01-01T00:00:00Z',
    exitCode: 0,
    restartCount: 0,
    publishedPorts: [],
    addresses: [],
    hasAnonymousVolume: false,
    proxyLinks: [],
    isHidden: role !== 'stable' || (service === 'frontend' && !rest.publishedPorts?.length),
    commit: undefined,
    release: undefined,
    definition: undefined,
    ...rest,
  };
}

export function stable(service: string, rest: Partial<ObservedContainer> = {}): ObservedContainer {
  return container('stable', service, rest);
}

export function canary(service: string, commit: string, rest: Partial<ObservedContainer> = {}) {
  return container('canary', service, { commit, imageId: imageOf(service, commit), ...rest });
}

export function baseline(service: string, rest: Partial<ObservedContainer> = {}) {
  return container('baseline', service, rest);
}

export function standIn(service: string, rest: Partial<ObservedContainer> = {}) {
  return container('stand-in', service, { definition: DEFINITION, ...rest });
}

/** A stable behind its proxy, as `up` leaves it. */
export const BEHIND_PROXY: readonly ObservedContainer[] = [
  stable('frontend'),
  stable('discounts'),
  stable('db'),
];

/** A stable as `docker compose up` leaves it: the entry publishes its own port. */
export const PLAIN: readonly ObservedContainer[] = [
  stable('frontend', { publishedPorts: [3000] }),
  stable('discounts'),
  stable('db'),
];

const RUNNING_PROXY: ObservedProxy = {
  state: 'running',
  ...OFF,
  users: USERS,
  definition: DEFINITION,
  configuration: CONFIGURATION,
  tripped: [],
  silent: [],
};

export function observed(
  containers: readonly ObservedContainer[],
  proxy: Partial<ObservedProxy> = {},
): Observed {
  const split = proxy.weight === undefined ? {} : byWeight(proxy.weight);
  return { containers, proxy: { ...RUNNING_PROXY, ...split, ...proxy } };
}

export const ABSENT_PROXY = {
  state: 'absent',
  definition: undefined,
  configuration: undefined,
  tripped: [],
  silent: [],
} as const;

const SLICE: Situation['slice'] = [
  { service: 'frontend', entry: { port: 3000, hostIp: undefined, preview: 13_000 } },
  { service: 'discounts', entry: undefined },
];

export const SERVICES = SLICE.map((member) => member.service);

/** The shop: an entry, an internal service, a database; `built` are the commits with images. */
export function situation(built: readonly string[] = [], rest: Partial<Situation> = {}): Situation {
  return {
    services: ['frontend', 'discounts', 'db'],
    slice: SLICE,
    standIns: {},
    keepsAddresses: () => false,
    replicas: () => 1,
    unbuilt: (commit) => (built.includes(commit) ? [] : SERVICES),
    stableRuns: (each, commit) => each.imageId === imageOf(each.service, commit),
    proxy: { definition: DEFINITION, configuration: CONFIGURATION, users: USERS },
    branchAt: OLD,
    ...rest,
  };
}
