export const SHOW_SERVER_STATES = 'show servers state';

/**
 * What one worker knows of its servers, for the next to start with: addresses above all, without which the
 * canary would be out until DNS answers. A server whose port changes starts afresh: HAProxy would keep the old.
 */
export function statesToKeep(states: string, ports: Readonly<Record<string, number>>): string {
  const lines = states.split('\n');
  const columns =
    lines
      .find((line) => line.startsWith('# '))
      ?.slice(2)
      .split(' ') ?? [];
  const [backend, port, host] = ['be_name', 'srv_port', 'srv_fqdn'].map((name) =>
    columns.indexOf(name),
  ) as [number, number, number];
  const isKept = (line: string) => {
    const cells = line.split(' ');
    const service = cells[backend]?.split(':')[0] ?? '';
    // The canary as a whole has no host: of it the breaker is kept.
    return !/^\d+ /.test(line) || cells[host] === '-' || cells[port] === String(ports[service]);
  };
  return lines.filter(isKept).join('\n');
}
