import { arrivalPort } from '../../compose/doors.ts';
import type { SliceMember } from '../../compose/slice.ts';
import type { CanaryConfig } from '../../config/schema.ts';
import type { Route } from '../../proxy/route.ts';

/** A service of the slice as the proxy sees it; nothing for one that listens nowhere. */
export function routeOf(
  { service, clone, port, entry, door }: SliceMember,
  slice: readonly SliceMember[],
  config: CanaryConfig,
): Route[] {
  if (port === undefined) return [];
  const { shield = config.shield, breaker = config.breaker } = config.services[service] ?? {};
  const arrival = (published: number | undefined) =>
    published === undefined ? undefined : arrivalPort(slice, published);
  const base = {
    ...{ service, clone, port },
    ...(door?.kind === 'inner' ? { hops: door.names } : {}),
  };
  if (!entry && !door) return [base];
  const from = entry ? 'users' : door?.kind === 'behind' ? 'edge' : 'services';
  return [
    {
      ...base,
      entry: {
        port: arrival(entry?.port) ?? port,
        preview: arrival(entry?.preview ?? door?.preview),
        ...{ shield, breaker, from },
      },
    },
  ];
}
