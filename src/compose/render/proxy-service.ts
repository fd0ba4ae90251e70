import { arrivalPort, spareArrivalPort } from '../ingress/ingress.ts';
import { escapeDollars, type Fields, networkNames, portFields } from '../model/fields.ts';
import type { ComposeModel } from '../model/model.ts';
import type { SliceMember } from '../slice.ts';
import type { RouterFields } from './router-fields.ts';

/** What the proxy's container is made of. Its configuration is a file that it finds in the run folder. */
export interface ProxyContainer {
  image: string;
  /** Who may use the master socket: the user who runs canary. */
  owner: { uid: number; gid: number };
  /** The folder of the host with the configuration, the sockets and the weights. */
  runDirectory: string;
  /** Folders of the host with the files of certificates, and where the container has them. */
  certificateFolders?: readonly { source: string; target: string }[];
  /** The port of the host on which Prometheus can ask what it counts. */
  metricsPort?: number | undefined;
  /** By what routers find it. */
  found?: RouterFields;
}

/** In the folder of the configuration: as long as it is there, routers that look at a container's health use the proxy. */
export const ROUTED_FILE = 'routed';

/** How long those may take to see it, with Docker's look at it. */
const LOOK_EVERY = '2s';

/** The proxy as a compose service, but for its own labels. */
export function proxyService(
  { image, owner, runDirectory, certificateFolders = [], metricsPort, found }: ProxyContainer,
  slice: readonly SliceMember[],
  model: ComposeModel,
): Fields {
  const networks = slice.flatMap(({ service }) => networkNames(model.services[service]));
  const socket = `/run/canary/master.sock,mode,600,uid,${owner.uid},gid,${owner.gid}`;
  return {
    image,
    // HAProxy starts as root to hand its sockets to the user of canary; workers drop to its own user.
    user: '0:0',
    command: ['haproxy', '-W', '-db', '-S', socket, '-f', '/run/canary/haproxy.cfg'],
    restart: 'unless-stopped',
    stop_signal: 'SIGUSR1',
    stop_grace_period: '30s',
    ports: [
      ...slice.flatMap((member) => proxyPorts(member, slice)),
      ...(metricsPort === undefined ? [] : [metricsFields(slice, metricsPort)]),
    ],
    networks: [...new Set(networks)],
    ...(found && found.environment.length > 0 ? { environment: found.environment } : {}),
    ...(slice.some(asksHealth) ? { healthcheck: HEALTHCHECK } : {}),
    volumes: [
      { type: 'bind', source: escapeDollars(runDirectory), target: '/run/canary' },
      ...certificateFolders.map(({ source, target }) => ({
        type: 'bind',
        source: escapeDollars(source),
        target,
        read_only: true,
      })),
    ],
  };
}

const HEALTHCHECK = {
  test: ['CMD', 'test', '-e', `/run/canary/${ROUTED_FILE}`],
  // A busy machine is no reason to leave it: only the file's absence is.
  interval: LOOK_EVERY,
  timeout: '60s',
  retries: 1,
};

/** Traefik uses no container that is not healthy: so it can be told to come and to go before anything stops. */
export function asksHealth({ ingress }: Pick<SliceMember, 'ingress'>): boolean {
  return ingress?.router?.kind === 'traefik';
}

function proxyPorts({ entry, ingress }: SliceMember, slice: readonly SliceMember[]): Fields[] {
  return [entry?.port, entry?.preview, ingress?.preview].flatMap((port) =>
    port === undefined
      ? []
      : [
          portFields({
            target: arrivalPort(slice, port),
            published: String(port),
            ...(entry?.hostIp ? { host_ip: entry.hostIp } : {}),
          }),
        ],
  );
}

/** Of this machine alone: the numbers are nobody else's. */
function metricsFields(slice: readonly SliceMember[], port: number): Fields {
  const target = spareArrivalPort(slice, port);
  return portFields({ target, published: String(port), host_ip: '127.0.0.1' });
}
