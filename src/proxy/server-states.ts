import { aliveName, replicasName, STABLE_REPLICA, withoutStableName } from './route.ts';

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
    // These have no state of their own.
    if (cell('be_name') === aliveName(service)) return false;
    // Containers of the canary get bytes that are already encrypted.
    const ofCanary = [replicasName(service), withoutStableName(service)];
    const isOfCanary = ofCanary.includes(cell('be_name'));
    const isTls = wire?.isTls === true && !isOfCanary;
    if ((cell('srv_use_ssl') === '1') !== isTls) return false;
    // The canary as a whole has no host; its line is kept for the state of the breaker.
    return cell('srv_fqdn') === '-' || cell('srv_port') === String(wire?.port);
  };
  return lines.filter(isKept).join('\n');
}

/** In the format of `show servers state`, version 1. Source: HAProxy's Management Guide. */
const COLUMNS =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';

/** For documentation only (RFC 5737): nobody answers there. */
const NOBODY = '192.0.2.1';

const FIRST = `${STABLE_REPLICA}1`;

/** The first server of each stable, for it is looked up before a proxy starts. */
export interface FirstServer {
  backend: string;
  service: string;
  port: string;
  weight: string;
  isTls: boolean;
}

/** The first servers of a configuration of canary. */
export function firstServers(configuration: string): FirstServer[] {
  let backend = '';
  return configuration.split('\n').flatMap((line) => {
    const [word, name = '', place = '', ...options] = line.trim().split(' ');
    if (word === 'backend') backend = name;
    if (word !== 'server' || name !== FIRST) return [];
    const [service = '', port = ''] = place.split(':');
    const at = options.indexOf('weight');
    const weight = (at >= 0 && options[at + 1]) || '1';
    return [{ backend, service, port, weight, isTls: options.includes('ssl') }];
  });
}

/**
 * What a proxy must know of its first servers to start where no name can be looked up. `addressOf`: the address of a
 * service's container; one that is not known yet is found once DNS answers.
 */
export function statesAtFirst(
  servers: readonly FirstServer[],
  addressOf: (service: string) => string | undefined,
): string {
  const lines = servers.map(({ backend, service, port, weight, isTls }) => {
    const place = [0, backend, 0, FIRST, addressOf(service) ?? NOBODY];
    const states = [2, 0, weight, weight, 0, 6, 3, 5, 6, 0, 0, 0];
    return [...place, ...states, service, port, '-', isTls ? 1 : 0, 0, '-', '-', 0].join(' ');
  });
  return ['1', `# ${COLUMNS}`, ...lines, ''].join('\n');
}

/** Believes that the first servers are up, until the next check of each. */
export function trustFirst(servers: readonly FirstServer[]): string {
  return servers.map(({ backend }) => `set server ${backend}/${FIRST} health up`).join(';');
}
