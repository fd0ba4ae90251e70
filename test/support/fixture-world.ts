import { callerLinks } from '../../src/compose/ingress/ingress.ts';
import { ALL, byWeight, OFF } from '../../src/proxy/weight-map.ts';
import type { Observed, ObservedContainer } from '../../src/rollout/observed.ts';
import type { Operation, Plan } from '../../src/rollout/operation.ts';
import type { Situation } from '../../src/rollout/plan-draft.ts';
import { type Desired, reconcile } from '../../src/rollout/reconcile.ts';
import {
  ABSENT_PROXY,
  baseline,
  CONFIGURATION,
  canary,
  DEFINITION,
  imageOf,
  OLD,
  SERVICES,
  situation,
  stable,
  standIn,
  USERS,
} from './fixture-observed.ts';

const WANTED = { definition: DEFINITION, configuration: CONFIGURATION };

/** What a plan can change, without an engine: only the effect of each operation. */
export interface World {
  observed: Observed;
  /** Images of the slice that are built, by name. */
  images: readonly string[];
  branchAt: string;
}

function situationIn(world: World): Situation {
  return situation([], {
    replicas: () => 1,
    unbuilt: (commit) =>
      SERVICES.filter((service) => !world.images.includes(imageOf(service, commit))),
    branchAt: world.branchAt,
  });
}

export function planIn(world: World, desired: Desired): Plan {
  return reconcile(desired, world.observed, situationIn(world));
}

/** The world after the first `count` operations of a plan. */
export function after(world: World, plan: Plan, count = plan.length): World {
  return plan.slice(0, count).reduce(afterStep, world);
}

/** What a world still lacks of what was asked for; checked independently of the planner. */
export function missingOf({ proxy, promote, canary: clone }: Desired, world: World): string[] {
  const { containers, proxy: seen } = world.observed;
  const stables = containers.filter((each) => each.role === 'stable');
  const clones = containers.filter((each) => each.role === 'canary');
  const baselines = containers.filter((each) => each.role === 'baseline');
  const entries = stables.filter((each) => each.service === 'frontend');
  const isChosen = (each: ObservedContainer) => SERVICES.includes(each.service);
  const checks: [string, boolean][] = [
    ['a running proxy', proxy !== 'running' || seen.state === 'running'],
    ['its configuration', proxy !== 'running' || seen.configuration === CONFIGURATION],
    ['its container', proxy !== 'running' || seen.definition === DEFINITION],
    [
      'the free port',
      proxy !== 'running' || entries.every((each) => each.publishedPorts.length === 0),
    ],
    [
      'a running stable',
      proxy !== 'running' ||
        SERVICES.every((name) =>
          stables.some((each) => each.service === name && each.state === 'running'),
        ),
    ],
    ['no proxy', proxy !== 'absent' || seen.state === 'absent'],
    [
      'the returned port',
      proxy !== 'absent' ||
        entries.length === 0 ||
        entries.some((each) => each.publishedPorts.includes(3000)),
    ],
    [
      'the promoted stable',
      !promote ||
        stables
          .filter(isChosen)
          .every((each) => each.imageId === imageOf(each.service, promote.commit)),
    ],
    ['the moved branch', !promote || world.branchAt === promote.commit],
    [
      'no canary',
      clone !== null || (clones.length + baselines.length === 0 && seen.everyoneOn === 'stable'),
    ],
    [
      'the baseline',
      !clone?.baseline ||
        clone.baseline.every((name) =>
          baselines.some((each) => each.service === name && each.state === 'running'),
        ),
    ],
    [
      'the canary',
      !clone ||
        (clones.length === SERVICES.length &&
          clones.every((each) => each.commit === clone.commit && each.state === 'running')),
    ],
    ['the users of the canary', !clone || seen.tripped.length === 0],
    ['the weight', !clone || (seen.weight === clone.weight && seen.everyoneOn === undefined)],
    ['the lists of users', proxy !== 'running' || seen.users.size === 0],
  ];
  return checks.filter(([, holds]) => !holds).map(([name]) => name);
}

export function afterStep(world: World, step: Operation): World {
  const { containers, proxy } = world.observed;
  const withContainers = (changed: readonly ObservedContainer[]): World => ({
    ...world,
    observed: { containers: changed, proxy },
  });
  const withProxy = (change: Partial<Observed['proxy']>, changed = containers): World => ({
    ...world,
    observed: { containers: changed, proxy: { ...proxy, ...change } },
  });
  switch (step.kind) {
    case 'start-stable':
      return withContainers(started(containers, step.services));
    case 'take-ports':
      return {
        ...world,
        observed: {
          containers: changeStable(containers, step.services, {
            publishedPorts: [],
            isHidden: true,
            state: 'running',
          }),
          proxy: { ...proxy, state: 'running', ...WANTED },
        },
      };
    case 'start-proxy':
      return withProxy({ state: 'running', ...WANTED });
    case 'reload-proxy':
      return withProxy({ configuration: CONFIGURATION });
    case 'stop-proxy':
      return withProxy(ABSENT_PROXY);
    case 'set-weight':
      return withProxy(byWeight(step.weight));
    case 'send-everyone':
      return withProxy(step.to === 'stable' ? OFF : ALL);
    case 'set-users':
      return withProxy({ users: USERS });
    case 'rehearse':
    case 'migrate':
    case 'backup':
      return world;
    case 'build':
    case 'pull': {
      const services =
        step.kind === 'build' ? step.services : step.images.map(({ service }) => service);
      const made = services.map((service) => imageOf(service, step.commit));
      return { ...world, images: [...world.images, ...made] };
    }
    case 'start-canary':
      return withContainers([
        ...containers.filter((each) => each.role !== 'canary' || !isOf(each, step.services)),
        ...step.services.map((service) => canary(service, step.commit)),
      ]);
    case 'grow-canary':
      return withContainers([
        ...containers,
        ...step.services.flatMap((service) => {
          const isOne = (each: ObservedContainer) =>
            each.role === 'canary' && each.service === service && each.state === 'running';
          const more = (step.counts[service] ?? 0) - containers.filter(isOne).length;
          return Array.from({ length: more }, (_, index) =>
            canary(service, step.commit, { id: `${service}-more-${index}` }),
          );
        }),
      ]);
    case 'start-baseline':
      return withContainers([
        ...containers.filter((each) => each.role !== 'baseline' || !isOf(each, step.services)),
        ...step.services.map((service) => baseline(service)),
      ]);
    case 'retire-canary':
      return withContainers(
        containers.filter(
          (each) => !['canary', 'baseline'].includes(each.role) || !isOf(each, step.services),
        ),
      );
    case 'replace-stable':
      return withContainers(recreated(containers, step.services, step.commit));
    case 'restore-stable':
      return withContainers(recreated(containers, step.services, OLD));
    case 'return-ports':
      return withProxy(
        ABSENT_PROXY,
        changeStable(containers, step.services, {
          publishedPorts: [3000],
          isHidden: false,
          state: 'running',
        }),
      );
    case 'place-stand-ins':
      return withContainers([
        ...containers.filter((each) => !isStandIn(each) || !isOf(each, step.services)),
        ...step.services.map((service) => standIn(service)),
      ]);
    case 'remove-stand-ins':
      return withContainers(containers.filter((each) => !isStandIn(each)));
    case 'arm-breaker':
      return withProxy({ tripped: [] });
    case 'advance-branch':
    case 'set-variables':
      return { ...world, branchAt: step.commit };
    case 'link-callers':
      return withContainers(
        changeStable(containers, step.services, {
          proxyLinks: [...(callerLinks(situation().slice).values().next().value ?? [])],
        }),
      );
    case 'unlink-callers':
      return withContainers(changeStable(containers, step.services, { proxyLinks: [] }));
    case 'restart-callers':
    case 'await-ready':
    case 'check-canary':
    case 'refresh-stable':
    case 'drain':
      return world;
  }
}

function isStandIn({ role }: ObservedContainer): boolean {
  return role === 'stand-in' || role === 'stray';
}

/** Compose keeps running containers; it starts stopped ones and creates missing ones, without the entry's port. */
function started(containers: readonly ObservedContainer[], services: readonly string[]) {
  const missing = services.filter(
    (service) => !containers.some((each) => each.role === 'stable' && each.service === service),
  );
  return [
    ...containers.map((each) =>
      each.role === 'stable' && isOf(each, services) && each.state !== 'running'
        ? { ...each, state: 'running', publishedPorts: [], isHidden: true }
        : each,
    ),
    ...missing.map((service) => stable(service)),
  ];
}

function recreated(
  containers: readonly ObservedContainer[],
  services: readonly string[],
  commit: string,
) {
  return started(containers, services).map((each) =>
    each.role === 'stable' && isOf(each, services)
      ? { ...each, imageId: imageOf(each.service, commit) }
      : each,
  );
}

function changeStable(
  containers: readonly ObservedContainer[],
  services: readonly string[],
  change: Partial<ObservedContainer>,
) {
  return containers.map((each) =>
    each.role === 'stable' && isOf(each, services) ? { ...each, ...change } : each,
  );
}

function isOf(container: ObservedContainer, services: readonly string[]): boolean {
  return services.includes(container.service);
}
