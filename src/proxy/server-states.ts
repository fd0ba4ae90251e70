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
  const [backend, port] = [columns.indexOf('be_name'), columns.indexOf('srv_port')];
  const isKept = (line: string) => {
    const cells = line.split(' ');
    const service = cells[backend]?.split(':')[0] ?? '';
    return !/^\d+ /.test(line) || cells[port] === String(ports[service]);
  };
  return lines.filter(isKept).join('\n');
}
