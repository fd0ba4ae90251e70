import { isDeepStrictEqual } from 'node:util';

/** A service with the fields in which two can conflict; canary itself reads fewer. */
export interface AnyService {
  container_name?: string;
  hostname?: string;
  mac_address?: string;
  network_mode?: string;
  ipc?: string;
  pid?: string;
  ports?: { target: number; published?: string; host_ip?: string; protocol?: string }[];
  networks?: Record<string, AnyNetwork | null>;
  labels?: Record<string, string>;
  environment?: Record<string, string | null>;
  links?: string[];
  external_links?: string[];
  volumes?: { type: string; source?: string; target: string }[];
  volumes_from?: string[];
  depends_on?: Record<string, unknown>;
}

interface AnyNetwork {
  aliases?: string[];
  ipv4_address?: string;
  ipv6_address?: string;
  link_local_ips?: string[];
  mac_address?: string;
}

/** A model from Compose, as far as invariants need it. */
export interface AnyModel {
  name: string;
  services: Record<string, AnyService>;
  networks?: Record<string, unknown>;
  volumes?: Record<string, unknown>;
  configs?: Record<string, unknown>;
  secrets?: Record<string, unknown>;
}

export function isSame(one: unknown, other: unknown): boolean {
  // Models have no prototype, so that no name from outside finds one; what is made of them may have.
  const plain = (value: unknown) => (value === undefined ? value : structuredClone(value));
  return isDeepStrictEqual(plain(one), plain(other));
}

/** The names that links give inside a container, each with its target. */
export function namesGiven(service: AnyService): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const link of [...(service.links ?? []), ...(service.external_links ?? [])]) {
    const [target = '', alias = target] = link.split(':');
    names.set(alias, (names.get(alias) ?? new Set()).add(target));
  }
  return names;
}
