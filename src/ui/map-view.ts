import type { ServiceMap } from '../compose/map.ts';

/** The output formats of a map. */
export const MAP_FORMATS = ['text', 'mermaid', 'dot', 'json'] as const;
type MapFormat = (typeof MAP_FORMATS)[number];

/** Renders a map: text for the terminal, mermaid and dot for documents, json for programs. */
export function formatMap(map: ServiceMap, format: MapFormat): string {
  if (format === 'json') return JSON.stringify(map, null, 2);
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
