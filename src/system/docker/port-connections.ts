import { readIfExists } from '../files.ts';
import type { Attachments } from './api.ts';

/** In Linux's tables of connections: `TCP_ESTABLISHED`. Source: the kernel's `include/net/tcp_states.h`. */
const ESTABLISHED = '01';

/**
 * How many connections users have open to a container's published ports; `undefined` when the engine runs on another
 * machine, or this process may not see it. Source of the format: `proc_net_tcp(5)`.
 */
export async function portConnections({
  id,
  pid,
  ports,
}: Pick<Attachments, 'id' | 'pid' | 'ports'>): Promise<number | undefined> {
  if (pid === 0) return 0;
  // Elsewhere, the same number may be another process.
  const groups = await readIfExists(`/proc/${pid}/cgroup`).catch(() => undefined);
  if (!groups?.includes(id)) return undefined;
  const tables = ['tcp', 'tcp6'].map((name) =>
    readIfExists(`/proc/${pid}/net/${name}`).catch(() => undefined),
  );
  return (await Promise.all(tables))
    .flatMap((table) => establishedPorts(table ?? ''))
    .filter((port) => ports.includes(port)).length;
}

/** The local ports of the established connections of one table, one each. */
export function establishedPorts(table: string): number[] {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === ESTABLISHED)
    .map(([, local = '']) => Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
}
