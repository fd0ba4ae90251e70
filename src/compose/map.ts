import type { ReachableService } from './ingress/ingress.ts';
import { throughRouter } from './ingress/router.ts';
import type { ComposeModel } from './model/model.ts';
import { type Call, findCalls } from './services/service-map.ts';
import { statefulReason } from './services/stateful.ts';

export type MapFormat = 'text' | 'mermaid' | 'dot' | 'json';

/** What the service map shows of one service. */
interface MapNode {
  name: string;
  role: 'entry' | 'internal' | 'candidate' | 'shared';
  /** Why it is shared, or where users reach it. */
  note: string;
  /** The proxies that users come through before they reach it. */
  behind?: readonly string[];
}

export interface ServiceMap {
  version: 1;
  project: string;
  services: MapNode[];
  calls: Call[];
}

/** The service map of a model and its slice, where something is chosen already. */
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

/** Renders a map; text for people, mermaid and dot for documents. */
export function formatMap(map: ServiceMap, format: Exclude<MapFormat, 'json'>): string {
  if (format === 'text') return textMap(map);
  return format === 'mermaid' ? mermaidMap(map) : dotMap(map);
}

const TITLES = [
  ['entry', 'Entries: the proxy splits their users'],
  ['internal', 'Internal: cloned with the entries'],
  ['candidate', 'Not chosen yet'],
  ['shared', 'Shared: one for stable and canary'],
] as const;

function textMap({ services, calls }: ServiceMap): string {
  const width = Math.max(...services.map((service) => service.name.length));
  const blocks = TITLES.flatMap(([role, title]) => {
    const members = services.filter((service) => service.role === role);
    if (members.length === 0) return [];
    const lines = members.map(({ name, note }) => {
      const called = calls.filter((call) => call.from === name).map((call) => call.to);
      const arrow = called.length > 0 ? `  -> ${called.join(', ')}` : '';
      return `  ${name.padEnd(width)}  ${note}${arrow}`;
    });
    return [[title, ...lines].join('\n')];
  });
  return blocks.join('\n\n');
}

function mermaidMap({ services, calls }: ServiceMap): string {
  const id = (name: string) => `s${services.findIndex((service) => service.name === name)}`;
  return [
    'graph LR',
    ...services.map(({ name, role }) =>
      role === 'shared' ? `  ${id(name)}[("${name}")]` : `  ${id(name)}["${name}"]`,
    ),
    ...services
      .filter(({ role }) => role === 'entry')
      .flatMap(({ name, behind }) => behind ?? [name])
      .map((name) => `  users((users)) --> ${id(name)}`),
    ...calls.map(({ from, to }) => `  ${id(from)} --> ${id(to)}`),
  ].join('\n');
}

function dotMap({ services, calls }: ServiceMap): string {
  const quote = (text: string) => JSON.stringify(text);
  return [
    'digraph canary {',
    '  rankdir=LR;',
    ...services.map(
      ({ name, role }) => `  ${quote(name)} [shape=${role === 'shared' ? 'cylinder' : 'box'}];`,
    ),
    ...calls.map(({ from, to }) => `  ${quote(from)} -> ${quote(to)};`),
    '}',
  ].join('\n');
}
