import type { ComposePort } from '../model/model.ts';

/**
 * The URLs of a port of this machine, one for each host address at which it is published; without an
 * address, or with one that stands for all, it is `localhost`.
 */
export function publishedUrls(
  scheme: string,
  port: number,
  hostIps: readonly (string | undefined)[],
): string[] {
  return [...new Set(hostIps.map((ip) => `${scheme}://${hostOf(ip)}:${port}`))];
}

/** The host addresses at which a service publishes a TCP port. */
export function hostIpsOf(ports: readonly ComposePort[], port: number): (string | undefined)[] {
  return ports
    .filter(({ published, protocol = 'tcp' }) => protocol === 'tcp' && published === String(port))
    .map(({ host_ip }) => host_ip);
}

/** An address as it stands in a URL (RFC 3986, 3.2.2). */
export function hostInUrl(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}

function hostOf(ip: string | undefined): string {
  return !ip || ip === '0.0.0.0' || ip === '::' ? 'localhost' : hostInUrl(ip);
}
