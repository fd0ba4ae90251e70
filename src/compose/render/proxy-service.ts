import { arrivalPort, spareArrivalPort } from '../ingress/ingress.ts';
import { previewAddress } from '../ingress/preview-address.ts';
import { escapeDollars, type Fields, networkNames, portFields } from '../model/fields.ts';
import type { ComposeModel } from '../model/model.ts';
import type { SliceMember } from '../slice.ts';
import type { RouterFields } from './router-fields.ts';

/**
 * What the proxy's container is made of. It reads its configuration from a file in the run folder.
 */
export interface ProxyContainer {
  image: string;
  /** The user who may use the master socket: the user who runs canary. */
  owner: { uid: number; gid: number };
  /** The host folder with the configuration, the sockets and the weights. */
  runDirectory: string;
  /** Host folders with certificate files, and where they are in the container. */
  certificateFolders?: readonly { source: string; target: string }[];
  /** The host port where Prometheus can scrape the proxy's metrics. */
  metricsPort?: number | undefined;
  /** The labels and environment by which routers find it. */
  found?: RouterFields;
}

/**
 * A file in the folder of the configuration: while it exists, routers that check a container's
 * health use the proxy.
 */
export const ROUTED_FILE = 'routed';

/** How long routers may take to notice it, including Docker's health check. */
const LOOK_EVERY = '2s';

/** The proxy as a compose service, without its own labels. */
export function proxyService(
  { image, owner, runDirectory, certificateFolders = [], metricsPort, found }: ProxyContainer,
  slice: readonly SliceMember[],
  model: ComposeModel,
): Fields {
  const networks = slice.flatMap(({ service }) => networkNames(model.services[service]));
  return {
    image,
    ...privileges(owner, certificateFolders.length > 0),
    logging: LOGGING,
    command: ['sh', '-c', startCommand(owner)],
    restart: 'unless-stopped',
    stop_signal: 'SIGUSR1',
    stop_grace_period: '30s',
    ports: [
      ...slice.flatMap((member) => proxyPorts(member, slice, model)),
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

const OWN_PLACE = '/run/canary';
/** In memory, so that it can be written whatever becomes of the disk. */
const OTHER_PLACE = '/dev/shm';

/**
 * HAProxy ends if it cannot make its sockets. On a disk that nothing can be written on it makes them elsewhere: users
 * are answered, but no command reaches it. So that nobody is on a canary that could not be taken off, its map is empty.
 */
function startCommand({ uid, gid }: ProxyContainer['owner']): string {
  const start = (place: string) =>
    `exec haproxy -W -db -S ${place}/master.sock,mode,600,uid,${uid},gid,${gid} -f ${place}/haproxy.cfg`;
  const moved = ['admin.sock', 'weights.map'].map(
    (name) => `s#${OWN_PLACE}/${name}#${OTHER_PLACE}/${name}#`,
  );
  return [
    `if (: > ${OWN_PLACE}/try) 2> /dev/null; then rm -f ${OWN_PLACE}/try; ${start(OWN_PLACE)}; fi`,
    'echo "Nothing can be written to .canary: every user is on the stable, and canary cannot reach this proxy." >&2',
    `: > ${OTHER_PLACE}/weights.map`,
    `sed '${moved.join(';')}' ${OWN_PLACE}/haproxy.cfg > ${OTHER_PLACE}/haproxy.cfg`,
    start(OTHER_PLACE),
  ].join('\n');
}

/** Bounded, whatever the daemon's default is: an attacker must not fill the disk with requests. */
const LOGGING = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } };

/** What HAProxy needs as root: to drop its workers to its own user, and to end them. */
const AS_ROOT = ['KILL', 'SETGID', 'SETUID'];
/** Key files and the run folder may belong to another user. */
const FILES_OF_OTHERS = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'];

/**
 * Whether HAProxy starts as root: if the user who runs canary is root, or if it reads certificates,
 * whose key files often only root can read. Its workers drop to its own user then.
 */
export function startsAsRoot({ uid }: ProxyContainer['owner'], hasCertificates: boolean): boolean {
  return uid === 0 || hasCertificates;
}

/** Otherwise it runs as the user who runs canary, because its sockets must belong to that user. */
function privileges(owner: ProxyContainer['owner'], hasCertificates: boolean): Fields {
  const isRoot = startsAsRoot(owner, hasCertificates);
  return {
    user: isRoot ? '0:0' : `${owner.uid}:${owner.gid}`,
    cap_drop: ['ALL'],
    ...(isRoot ? { cap_add: [...FILES_OF_OTHERS, ...AS_ROOT] } : {}),
    security_opt: ['no-new-privileges:true'],
    read_only: true,
  };
}

const HEALTHCHECK = {
  test: ['CMD', 'test', '-e', `/run/canary/${ROUTED_FILE}`],
  // Unhealthy only if the file is missing, not because the machine is busy.
  interval: LOOK_EVERY,
  timeout: '60s',
  retries: 1,
};

/**
 * Traefik does not use unhealthy containers: so it can be told to start or stop using the proxy
 * before anything stops.
 */
export function asksHealth({ ingress }: Pick<SliceMember, 'ingress'>): boolean {
  return ingress?.router?.kind === 'traefik';
}

function proxyPorts(
  { entry, ingress }: SliceMember,
  slice: readonly SliceMember[],
  model: ComposeModel,
): Fields[] {
  const published = (port: number | undefined, address: string | undefined) =>
    port === undefined
      ? []
      : [
          portFields({
            target: arrivalPort(slice, port),
            published: String(port),
            ...(address ? { host_ip: address } : {}),
          }),
        ];
  return [
    ...[entry?.hostIp, ...(entry?.otherIps ?? [])].flatMap((address) =>
      [entry?.port, entry?.preview].flatMap((port) => published(port, address)),
    ),
    ...(ingress ? published(ingress.preview, previewAddress(ingress, model)) : []),
  ];
}

/** Published on this machine only: the metrics are not public. */
function metricsFields(slice: readonly SliceMember[], port: number): Fields {
  const target = spareArrivalPort(slice, port);
  return portFields({ target, published: String(port), host_ip: '127.0.0.1' });
}
