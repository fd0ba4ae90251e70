import type { CanaryConfig } from '../config/schema.ts';
import { hasBaseline } from '../config/sections/analysis.ts';
import { handsBytesOn } from '../config/sections/service.ts';
import { CanaryError } from '../errors.ts';
import { withNearest } from '../nearest.ts';
import { refuseParted } from './clone/companions.ts';
import { baselineObstacle, cloneObstacle } from './clone/obstacle.ts';
import { ingressOf, type ReachableService, refuseSharedIngress } from './ingress/ingress.ts';
import {
  type ComposeModel,
  type ComposeService,
  listeningPort,
  publishedPort,
} from './model/model.ts';
import { baselineName, cloneName } from './model/names.ts';
import { networkOwner } from './model/namespaces.ts';
import { orSay, roleObstacle } from './services/roles.ts';
import { type Call, findCalls } from './services/service-map.ts';
import { statefulReason } from './services/stateful.ts';

/** One service of the slice. The slice is the set of chosen services, which are released as one. */
export interface SliceMember extends ReachableService {
  clone: string;
  /** The port on which it listens inside its container; unknown for workers. */
  port: number | undefined;
  /** The fresh clone of the stable that the canary is compared with; absent if there is none. */
  baseline?: string;
}

/**
 * Checks the chosen services against the compose model and describes each; throws on the first that
 * cannot be cloned.
 */
export function chooseSlice(
  config: CanaryConfig,
  model: ComposeModel,
  calls: readonly Call[] = findCalls(model),
): SliceMember[] {
  const chosen = Object.keys(config.services);
  const definitions = new Map(chosen.map((name) => [name, cloneableService(model, name)]));
  refuseParted(model, chosen);
  const slice = Object.entries(config.services).map(([name, choice]) => {
    const service = definitions.get(name) ?? {};
    const ingress = ingressOf(name, choice, model, calls);
    if (!choice.entry) {
      return {
        service: name,
        clone: cloneName(name),
        port: choice.port ?? ingress?.router?.port ?? ownPort(service, model),
        entry: undefined,
        ...(ingress ? { ingress } : {}),
      };
    }
    const published = publishedPort(service, choice.entry);
    if (!published) {
      const known = (service.ports ?? []).map((port) => port.published).filter(Boolean);
      throw new CanaryError(
        'port-unknown',
        `Service \`${name}\` does not publish port ${choice.entry}.`,
        {
          hint:
            known.length > 0
              ? `It publishes ${known.join(', ')}.`
              : 'It publishes no port; an entry needs one.',
        },
      );
    }
    return {
      service: name,
      clone: cloneName(name),
      port: choice.port ?? published.target,
      entry: {
        ...{ port: choice.entry, hostIp: published.host_ip, preview: choice.preview },
        ...otherAddresses(name, service, choice.entry),
      },
      ...(ingress ? { ingress } : {}),
    };
  });
  refuseSharedIngress(slice, model);
  return hasBaseline(config) ? slice.map((member) => withBaseline(member, config, model)) : slice;
}

/**
 * Where a service publishes its entry beside the first address. Throws `service-not-cloneable` if other ports of its
 * container answer there: the proxy takes the port over at every address, and leads to one.
 */
function otherAddresses(
  name: string,
  { ports = [] }: ComposeService,
  entry: number,
): { otherIps?: readonly string[] } {
  const [first, ...others] = ports.filter(
    ({ published, protocol = 'tcp' }) => published === String(entry) && protocol === 'tcp',
  );
  const stray = others.find(({ target }) => target !== first?.target);
  if (stray) {
    throw new CanaryError(
      'service-not-cloneable',
      `Service \`${name}\` publishes port ${entry} for its ports ${first?.target} and ${stray.target}, at different addresses.`,
      { hint: 'The proxy can lead to one of them: publish the other one at another port.' },
    );
  }
  const otherIps = others.flatMap(({ host_ip }) => host_ip ?? []);
  return otherIps.length > 0 ? { otherIps } : {};
}

/** A service in another's network has no address at which the proxy could find it. */
function ownPort(service: ComposeService, model: ComposeModel): number | undefined {
  return networkOwner(service, model) ? undefined : listeningPort(service);
}

/**
 * Adds a baseline to a member that users reach, unless its requests cannot be distinguished (TCP,
 * TLS).
 */
function withBaseline(member: SliceMember, config: CanaryConfig, model: ComposeModel): SliceMember {
  const { service } = member;
  if (!hasUsers(member) || handsBytesOn(config.services[service] ?? {})) return member;
  const obstacle = baselineObstacle(model, service);
  if (!obstacle) return { ...member, baseline: baselineName(service) };
  throw new CanaryError(
    'service-not-cloneable',
    `Service \`${service}\` cannot have a baseline: ${obstacle}.`,
    { hint: 'Leave `analysis.baseline` out, or give the service another name.' },
  );
}

/** Whether users come in here: at a published port, through another proxy, or through a router. */
export function hasUsers({ entry, ingress }: Pick<ReachableService, 'entry' | 'ingress'>): boolean {
  return entry !== undefined || (ingress !== undefined && ingress.kind !== 'mesh');
}

/** The definition of a service that can be cloned; throws with the reason if it cannot. */
export function cloneableService(
  model: ComposeModel,
  name: string,
  /** `once`: services that run once are allowed, because this one is to run once. */
  runs: 'on' | 'once' = 'on',
): ComposeService {
  const service = model.services[name];
  if (!service) {
    throw new CanaryError(
      'service-unknown',
      `There is no service \`${name}\` in the compose file.`,
      {
        hint: withNearest(
          `It has: ${Object.keys(model.services).sort().join(', ')}.`,
          name,
          Object.keys(model.services),
        ),
      },
    );
  }
  const reason = statefulReason(service, model);
  if (reason) {
    throw new CanaryError(
      'service-stateful',
      `Service \`${name}\` keeps data (${reason}); it is shared with the canary, never cloned.`,
      {
        hint: `Take \`${name}\` out of the chosen services: the canary uses the one that runs. ${orSay(name)}`,
      },
    );
  }
  const work = runs === 'on' ? roleObstacle(model, name) : undefined;
  const obstacle = cloneObstacle(model, name);
  if (work || obstacle) {
    throw new CanaryError(
      'service-not-cloneable',
      `Service \`${name}\` cannot be cloned: ${work?.reason ?? obstacle}.`,
      {
        hint:
          work?.hint ??
          'Choose other services, or change this one so that two can run side by side.',
      },
    );
  }
  return service;
}
