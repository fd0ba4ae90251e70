import {
  COMPOSE_LABEL,
  type ContainerBody,
  type Guise,
  type Labels,
  type Named,
  type NetworkEndpoint,
} from '../../../compose/disguise/guise.ts';
import { ownValue } from '../../../config/values/by-name.ts';

/** A call of the engine's API whose request or answer a guise changes; sources: Docker Engine API, versions 1.24 to 1.51. */
export type Call =
  | { kind: 'list' | 'create' | 'join' | 'files' | 'other' }
  | { kind: 'inspect' | 'rename'; container: string };

const PATHS: readonly { method: string; path: RegExp; kind: Call['kind'] }[] = [
  { method: 'GET', path: /^\/containers\/json$/, kind: 'list' },
  { method: 'GET', path: /^\/containers\/([^/]+)\/json$/, kind: 'inspect' },
  { method: 'POST', path: /^\/containers\/create$/, kind: 'create' },
  { method: 'POST', path: /^\/containers\/([^/]+)\/rename$/, kind: 'rename' },
  { method: 'PUT', path: /^\/containers\/[^/]+\/archive$/, kind: 'files' },
  { method: 'POST', path: /^\/networks\/[^/]+\/connect$/, kind: 'join' },
];

/** What a request asks for; its path may begin with a version. */
export function callOf(method: string, url: URL): Call {
  const path = url.pathname.replace(/^\/v\d+\.\d+\//, '/');
  for (const each of PATHS) {
    const found = each.method === method ? each.path.exec(path) : null;
    if (!found) continue;
    const { kind } = each;
    return kind === 'inspect' || kind === 'rename' ? { kind, container: found[1] ?? '' } : { kind };
  }
  return { kind: 'other' };
}

const CHANGED: ReadonlySet<string> = new Set([
  ...[COMPOSE_LABEL.oneOff, COMPOSE_LABEL.number, COMPOSE_LABEL.hash],
]);

type Filters = Record<string, Record<string, boolean> | string[]>;

/**
 * Takes the labels that a guise changes out of a list's filters: the engine knows them as they are. Returns them, to
 * filter what it answers.
 */
export function withoutChangedLabels(url: URL): string[] {
  const text = url.searchParams.get('filters');
  if (text === null) return [];
  const filters: Filters = JSON.parse(text);
  const words = Array.isArray(filters.label) ? filters.label : Object.keys(filters.label ?? {});
  const changed = words.filter((word) => isChanged(word));
  const rest = words.filter((word) => !isChanged(word));
  const label = Object.fromEntries(rest.map((word) => [word, true]));
  url.searchParams.set('filters', JSON.stringify({ ...filters, label }));
  return changed;
}

function isChanged(filter: string): boolean {
  const [label = ''] = filter.split('=');
  return CHANGED.has(label);
}

export interface Listed {
  Id: string;
  Names: readonly string[];
  Labels: Labels | null;
}

/** An answer as the guise shows it; a list is filtered by these labels. */
export function shownAnswer(
  { kind }: Call,
  answer: unknown,
  guise: Guise,
  labels: readonly string[],
): unknown {
  if (kind === 'list') return shownList(answer as Listed[], guise, labels);
  return kind === 'inspect' ? shownContainer(answer as Inspected, guise) : answer;
}

function shownList(answer: readonly Listed[], guise: Guise, labels: readonly string[]): Listed[] {
  return answer.flatMap((each) => {
    const seen = guise.seen(namedOf(each.Names[0], each.Labels));
    if (!seen || !labels.every((word) => isLabelled(seen, word))) return [];
    return [{ ...each, Names: [`/${seen.name}`, ...each.Names.slice(1)], Labels: seen.labels }];
  });
}

interface Inspected {
  Id: string;
  Name: string;
  Config: { Labels: Labels | null };
}

/** The answer to a look at one container; one that is not shown stays as it is, for nobody can know its id. */
function shownContainer(answer: Inspected, guise: Guise): Inspected {
  const seen = guise.seen(containerNamed(answer));
  if (!seen) return answer;
  return { ...answer, Name: `/${seen.name}`, Config: { ...answer.Config, Labels: seen.labels } };
}

export function containerNamed(answer: Inspected): Named {
  return namedOf(answer.Name, answer.Config.Labels);
}

/** A path with the container's id in place of the name under which a guise showed it. */
export function withId(path: string, ids: ReadonlyMap<string, string>): string {
  const [, before, container = '', rest] = /^(.*\/containers\/)([^/]+)(.*)$/.exec(path) ?? [];
  const id = ids.get(decodeURIComponent(container));
  return id === undefined ? path : `${before}${id}${rest}`;
}

/** The request for a container; its name is in the address. */
export function madeContainer(url: URL, body: ContainerBody, guise: Guise): ContainerBody {
  const made = guise.made({ name: url.searchParams.get('name') ?? '', body });
  url.searchParams.set('name', made.name);
  return made.body;
}

export function joinedNetwork(
  body: { EndpointConfig?: NetworkEndpoint },
  guise: Guise,
): { EndpointConfig?: NetworkEndpoint } {
  return { ...body, EndpointConfig: guise.joined(body.EndpointConfig ?? {}) };
}

function namedOf(name: string | undefined, labels: Labels | null): Named {
  return { name: (name ?? '').replace(/^\//, ''), labels: labels ?? {} };
}

function isLabelled({ labels }: Named, filter: string): boolean {
  const [label = '', value] = filter.split(/=(.*)/s);
  return value === undefined ? Object.hasOwn(labels, label) : ownValue(labels, label) === value;
}
