import type { ComposeModel } from './model.ts';
import { type Call, findCalls } from './service-map.ts';
import { statefulReason } from './stateful.ts';

export type MapFormat = 'text' | 'mermaid' | 'dot' | 'json';

/** What the service map shows of one service. */
interface MapNode {
  name: string;
  role: 'entry' | 'inner' | 'candidate' | 'shared';
  /** Why it is shared, or where users reach it. */
  note: string;
}

export interface ServiceMap {
  version: 1;
  project: string;
  services: MapNode[];
  calls: Call[];
}

/** The service map of a model; `chosen` are the services of the slice with the entry port, if they have one. */
export function buildMap(
  model: ComposeModel,
  chosen: ReadonlyMap<string, number | undefined>,
): ServiceMap {
  const services = Object.keys(model.services)
    .sort()
    .map((name): MapNode => {
      const service = model.services[name] ?? {};
      const entry = chosen.get(name);
      if (entry !== undefined)
        return { name, role: 'entry', note: `users reach it on port ${entry}` };
      if (chosen.has(name))
        return { name, role: 'inner', note: 'cloned; the other clones call its clone' };
      const reason = statefulReason(service);
      if (reason) return { name, role: 'shared', note: reason };
      return chosen.size > 0
        ? { name, role: 'shared', note: 'not chosen' }
        : { name, role: 'candidate', note: 'could have a canary; `canary init` chooses' };
    });
  return { version: 1, project: model.name, services, calls: findCalls(model) };
}

/** Renders a map; text for people, mermaid and dot for documents. */
export function formatMap(map: ServiceMap, format: Exclude<MapFormat, 'json'>): string {
  if (format === 'text') return textMap(map);
  return format === 'mermaid' ? mermaidMap(map) : dotMap(map);
}

const TITLES = [
  ['entry', 'Entries: the proxy splits their users'],
  ['inner', 'Inner: cloned with the entries'],
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
      .map(({ name }) => `  users((users)) --> ${id(name)}`),
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
