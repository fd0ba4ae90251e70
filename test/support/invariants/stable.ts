import { PROXY_SERVICE } from '../../../src/compose/model/names.ts';
import type { SliceMember } from '../../../src/compose/slice.ts';
import { type AnyModel, type AnyService, isSame } from './model.ts';

type Kind = 'networks' | 'volumes' | 'configs' | 'secrets';
const KINDS: readonly Kind[] = ['networks', 'volumes', 'configs', 'secrets'];

/** What the override changes in the user's own services, beyond the known changes of `up`. */
export function changesOfStable(
  before: AnyModel,
  after: AnyModel,
  slice: readonly SliceMember[],
): string[] {
  const services = Object.entries(before.services).flatMap(([name, service]) => {
    const other = after.services[name];
    if (!other) return [`${name} is gone`];
    const expected = asUpLeaves(name, service, slice);
    const fields = new Set([...Object.keys(expected), ...Object.keys(other)]);
    return [...fields]
      .filter((field) => !isSame(fieldOf(expected, field), fieldOf(other, field)))
      .map((field) => `${field} of ${name} is changed`);
  });
  const rest = KINDS.flatMap((kind) =>
    Object.entries(before[kind] ?? {})
      .filter(([name, value]) => !isSame(value, after[kind]?.[name]))
      .map(([name]) => `${name} (${kind}) is changed`),
  );
  const renamed = before.name === after.name ? [] : ['the project has another name'];
  return [...services, ...rest, ...renamed];
}

/**
 * The stable as `up` leaves it: an entry without its port, a caller of ingresses with its links, a service that
 * nginx-proxy finds without its host.
 */
function asUpLeaves(name: string, service: AnyService, slice: readonly SliceMember[]): AnyService {
  const entry = slice.find((member) => member.service === name)?.entry;
  const ingresses = slice.filter(({ ingress }) => ingress?.callers.includes(name));
  const { ports = [], links = [], external_links = [], environment } = service;
  const isMoved = slice.some(
    (member) => member.service === name && member.ingress?.router?.kind === 'nginx-proxy',
  );
  return {
    ...service,
    ...(isMoved ? { environment: { ...environment, VIRTUAL_HOST: '' } } : {}),
    ports: ports.filter(
      ({ published, protocol = 'tcp' }) => published !== String(entry?.port) || protocol !== 'tcp',
    ),
    links: links.filter(
      (link) => !ingresses.some((ingress) => ingress.service === link.split(':')[0]),
    ),
    external_links: [...external_links, ...ingresses.flatMap(linksTo)].sort(),
  };
}

function linksTo({ ingress }: SliceMember): string[] {
  return (ingress?.names ?? []).map((alias) => `${PROXY_SERVICE}:${alias}`);
}

/** An empty list equals a missing one; the order of links does not matter. */
function fieldOf(service: AnyService, field: string): unknown {
  const value = (service as Record<string, unknown>)[field];
  if (!Array.isArray(value)) return value ?? undefined;
  if (value.length === 0) return undefined;
  return field === 'external_links' ? [...value].sort() : value;
}
