import type { ReachableService } from './ingress/ingress.ts';
import { throughRouter } from './ingress/router.ts';
import type { ComposeModel } from './model/model.ts';
import { type Call, findCalls } from './services/service-map.ts';
import { statefulReason } from './services/stateful.ts';

/** What the service map shows for one service. */
interface MapNode {
  name: string;
  role: 'entry' | 'internal' | 'candidate' | 'shared';
  /** Why it is shared, or where users reach it. */
  note: string;
  /** The proxies that users pass through before they reach it. */
  behind?: readonly string[];
}

/** The services, what canary does with each, and which calls which. */
export interface ServiceMap {
  version: 1;
  project: string;
  services: MapNode[];
  calls: Call[];
}

/** The service map of a model and its slice, if services are already chosen. */
export function buildMap(
  model: ComposeModel,
  slice: readonly ReachableService[],
  calls: readonly Call[] = findCalls(model),
): ServiceMap {
  const chosen = new Map(slice.map((member) => [member.service, member]));
  const services = Object.keys(model.services)
    .sort()
    .map((name): MapNode => {
      const service = model.services[name] ?? {};
      const member = chosen.get(name);
      if (member) return { name, ...describe(member) };
      const reason = statefulReason(service, model);
      if (reason) return { name, role: 'shared', note: reason };
      return chosen.size > 0
        ? { name, role: 'shared', note: 'not chosen' }
        : { name, role: 'candidate', note: 'could have a canary; `canary init` chooses' };
    });
  return { version: 1, project: model.name, services, calls: [...calls] };
}

function describe({ entry, ingress }: ReachableService): Omit<MapNode, 'name'> {
  const callers = ingress?.callers.join(', ');
  if (ingress?.router)
    return { role: 'entry', note: `users reach it ${throughRouter(ingress.router.kind)}` };
  if (ingress?.kind === 'behind')
    return { role: 'entry', note: `users reach it through ${callers}`, behind: ingress.callers };
  const split = ingress ? `; calls of ${callers} are split too` : '';
  if (entry) return { role: 'entry', note: `users reach it on port ${entry.port}${split}` };
  return { role: 'internal', note: `cloned; the other clones call its clone${split}` };
}
