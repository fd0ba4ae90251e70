import { canBecome, splitOutside } from '../model/written.ts';
import type { TraefikRouter } from './traefik.ts';

/** The suffix of canary's own name beside a user's name. */
const OURS = '-canary';

/**
 * The fields of a Traefik service that also apply to the proxy: the rest concerns the containers of
 * the stable.
 */
const KEPT_OF_SERVICE =
  /^loadbalancer\.(passhostheader|responseforwarding\..+|serverstransport|server\.scheme)$/i;

interface Label {
  /** `http.routers`, or the whole key of a label without a named part. */
  kind: string;
  name: string;
  field: string;
  value: string;
}

/**
 * Labels for the proxy's container: for each router of the service, a router of canary's own that
 * ranks above it and leads to `port`. They use the user's text, with its variables. Middlewares
 * that the service itself defines are copied too, because Traefik forgets those while the service
 * is recreated. A text names the router that could not be included.
 */
export function traefikLabels(
  written: ReadonlyMap<string, string>,
  routers: readonly TraefikRouter[],
  port: number,
): string[] | string {
  const labels = [...written].flatMap(([key, value]) => parse(key, value));
  const of = (kind: string, name?: string) =>
    labels.filter((each) => each.kind === kind && (name === undefined || each.name === name));
  const middlewares = new Set(of('http.middlewares').map(({ name }) => name));
  const ours = (list: string) =>
    splitOutside(list, ',')
      .map((each) => renamed(each, middlewares))
      .join(',');
  const lines = labels
    .filter(({ kind }) => kind !== 'enable' && !kind.includes('.'))
    .map(({ kind, value }) => `traefik.${kind}=${value}`);
  lines.push('traefik.enable=true');
  for (const { name, priority } of routers) {
    const names = [...new Set(of('http.routers').map((each) => each.name))];
    const own = names.find((each) => each === name) ?? onlyOne(names, name);
    if (own === undefined) return name;
    const at = `traefik.http.routers.${own}${OURS}`;
    const fields = of('http.routers', own);
    for (const { field, value } of fields) {
      if (/^(service|priority)$/i.test(field)) continue;
      lines.push(`${at}.${field}=${/^middlewares$/i.test(field) ? ours(value) : value}`);
    }
    lines.push(`${at}.priority=${priority}`, `${at}.service=${own}${OURS}`);
    const services = of('http.services');
    const said = fields
      .find(({ field }) => /^service$/i.test(field))
      ?.value.replace(/@docker$/, '');
    const target = said ?? services[0]?.name;
    const service = `traefik.http.services.${own}${OURS}`;
    for (const { field, value } of services.filter((each) => each.name === target))
      if (KEPT_OF_SERVICE.test(field)) lines.push(`${service}.${field}=${value}`);
    lines.push(`${service}.loadbalancer.server.port=${port}`);
  }
  for (const { name, field, value } of of('http.middlewares'))
    lines.push(
      `traefik.http.middlewares.${name}${OURS}.${field}=${/^chain\.middlewares$/i.test(field) ? ours(value) : value}`,
    );
  return lines;
}

/** The only name with variables that can have been resolved to this one. */
function onlyOne(names: readonly string[], resolved: string): string | undefined {
  const found = names.filter((each) => each.includes('$') && canBecome(each, resolved));
  return found.length === 1 ? found[0] : undefined;
}

function renamed(written: string, own: ReadonlySet<string>): string {
  const name = written.trim();
  const plain = name.replace(/@docker$/, '');
  return own.has(plain) ? `${plain}${OURS}${name.slice(plain.length)}` : name;
}

function parse(key: string, value: string): Label[] {
  const [root = '', ...parts] = splitOutside(key, '.');
  if (root.toLowerCase() !== 'traefik') return [];
  const kind = parts.slice(0, 2).join('.').toLowerCase();
  const [, , name, ...field] = parts;
  if (!/^http\.(routers|services|middlewares)$/.test(kind) || name === undefined)
    return [{ kind: parts.join('.'), name: '', field: '', value }];
  return [{ kind, name, field: field.join('.'), value }];
}
