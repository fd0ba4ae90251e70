import { replicasName } from './route.ts';

/** How the proxy connects to a service. */
export interface Wire {
  port: number;
  isTls: boolean;
}

export const SHOW_SERVER_STATES = 'show servers state';

/**
 * What one worker knows of its servers, for the next worker to start with: above all addresses,
 * without which the canary would be out until DNS responds. A server whose port or use of TLS
 * changes starts without it: HAProxy would keep the old values.
 */
export function statesToKeep(states: string, wires: Readonly<Record<string, Wire>>): string {
  const lines = states.split('\n');
  const columns =
    lines
      .find((line) => line.startsWith('# '))
      ?.slice(2)
      .split(' ') ?? [];
  const isKept = (line: string) => {
    const cells = line.split(' ');
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    if (!/^\d+ /.test(line)) return true;
    const [service = ''] = cell('be_name').split(':');
    const wire = wires[service];
    // Containers of the canary get bytes that are already encrypted.
    const isTls = wire?.isTls === true && cell('be_name') !== replicasName(service);
    if ((cell('srv_use_ssl') === '1') !== isTls) return false;
    // The canary as a whole has no host; its line is kept for the state of the breaker.
    return cell('srv_fqdn') === '-' || cell('srv_port') === String(wire?.port);
  };
  return lines.filter(isKept).join('\n');
}
