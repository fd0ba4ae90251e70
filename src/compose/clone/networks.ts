import { escapeAll, type Fields, networkNames } from '../model/fields.ts';
import type { ComposeNetwork, ComposeService } from '../model/model.ts';

/**
 * The networks of a clone: the stable's, without its aliases and addresses. A clone with an alias
 * would take the stable's traffic, and an address can be used only once.
 */
export function cloneNetworks(service: ComposeService | undefined): Fields {
  return Object.fromEntries(
    networkNames(service).map((name) => [name, withoutPlace(service?.networks?.[name])]),
  );
}

function withoutPlace(network: ComposeNetwork | null | undefined): Fields {
  const {
    aliases: _aliases,
    ipv4_address: _ipv4,
    ipv6_address: _ipv6,
    link_local_ips: _links,
    mac_address: _mac,
    ...kept
  } = network ?? {};
  return escapeAll(kept) as Fields;
}
