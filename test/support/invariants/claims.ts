import type { AnyService } from './model.ts';

/** Something that only one service can have. */
export interface Claim {
  owner: string;
  kind: string;
  value: string;
  /** The address of a published port; otherwise nothing. */
  address?: string | undefined;
}

/** Everything that a service claims. */
export function claimsOf(owner: string, service: AnyService): Claim[] {
  return claims(owner, service).map((claim) => ({ owner, ...claim }));
}

function claims(name: string, service: AnyService): Omit<Claim, 'owner'>[] {
  const one = (kind: string, value: string | undefined) => (value ? [{ kind, value }] : []);
  return [
    ...one('container name', service.container_name),
    ...one('hostname', service.hostname),
    ...one('address', service.mac_address),
    ...(service.ports ?? []).flatMap(portClaims),
    ...Object.entries(service.networks ?? {}).flatMap(([network, place]) => [
      ...[name, ...(place?.aliases ?? [])].flatMap((alias) => one(`name on ${network}`, alias)),
      ...one('address', place?.ipv4_address),
      ...one('address', place?.ipv6_address),
      ...one('address', place?.mac_address),
      ...(place?.link_local_ips ?? []).flatMap((address) => one('address', address)),
    ]),
    ...Object.entries(service.labels ?? {}).flatMap(([key, value]) => labelClaim(key, value)),
    ...one('virtual host', service.environment?.VIRTUAL_HOST ?? undefined),
  ];
}

/** Whether two claims exclude each other. A port on every address is also one on each. */
export function doClash(left: Claim, right: Claim): boolean {
  if (left.owner === right.owner) return false;
  if (left.kind !== right.kind || left.value !== right.value) return false;
  return !left.address || !right.address || left.address === right.address;
}

function portClaims({ published, host_ip, protocol }: NonNullable<AnyService['ports']>[number]) {
  if (!published) return [];
  const [first = 0, last = first] = published.split('-').map(Number);
  const address = host_ip === '0.0.0.0' ? undefined : host_ip;
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    kind: 'published port',
    value: `${first + index}/${protocol ?? 'tcp'}`,
    address,
  }));
}

/** The labels by which proxies and schedulers find services, under the name they contain. */
function labelClaim(key: string, value: string): Omit<Claim, 'owner'>[] {
  const [traefik] = /^traefik\.\w+\.(routers|services)\.[^.]+/i.exec(key) ?? [];
  if (traefik) return [{ kind: 'label', value: traefik.toLowerCase() }];
  const [job] = /^(ofelia|chadburn)\.job-\w+\.[^.]+/.exec(key) ?? [];
  if (job) return [{ kind: 'label', value: job }];
  return /^caddy(_\d+)?$/.test(key) ? [{ kind: 'label', value: `caddy ${value}` }] : [];
}
