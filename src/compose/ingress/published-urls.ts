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

function hostOf(ip: string | undefined): string {
  if (!ip || ip === '0.0.0.0' || ip === '::') return 'localhost';
  return ip.includes(':') ? `[${ip}]` : ip;
}
