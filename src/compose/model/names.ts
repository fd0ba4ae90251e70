/**
 * Names of what canary adds to a compose project, and the labels by which it recognizes its own
 * parts.
 */
export const PROXY_SERVICE = 'canary-proxy';

/** How all of them begin. */
export const OWN_LABELS = 'dev.canary.';

export const LABEL = {
  role: 'dev.canary.role',
  service: 'dev.canary.service',
  release: 'dev.canary.release',
  commit: 'dev.canary.commit',
  definition: 'dev.canary.definition',
  hash: 'dev.canary.config-hash',
} as const;

/** The compose service that is the clone of `service`. */
export function cloneName(service: string): string {
  return `${service}-canary`;
}

/** The compose service that is a fresh clone of the stable of `service`. */
export function baselineName(service: string): string {
  return `${service}-baseline`;
}

/** The compose service that runs the migration of a commit once, as `service` defines it. */
export function migrationName(service: string): string {
  return `${service}-migration`;
}

/** The container in which the migration of a release runs. */
export function migrationContainer(project: string, release: string): string {
  return `${project}-migration-${release}`;
}

/** The network on which the proxy starts while another container holds its ports. */
export function handOverNetwork(project: string): string {
  return `${project}_canary-hand-over`;
}

/** The temporary compose project in which a canary is rehearsed. */
export function rehearsalProject(project: string): string {
  return `${project}-rehearsal`;
}

/** The compose service that stands for `service` in a rehearsal. */
export function rehearsalName(service: string): string {
  return `${service}-rehearsal`;
}

/** The compose service that runs the stable's code of `service` in a rehearsal. */
export function oldCodeName(service: string): string {
  return `${service}-before`;
}

/**
 * The name of all images that canary makes of a service. A service may have capitals and signs in its name that an
 * image may not have; such a name is written in hexadecimal digits, so that no two services share one.
 */
export function imageRepository(project: string, service: string): string {
  const plain = `${project}-${service}`;
  return /^[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*$/.test(plain)
    ? plain
    : `${project}-x${Buffer.from(service).toString('hex')}`;
}

/** The image of a built service at a commit; never the stable's own name. */
export function canaryImage(project: string, service: string, commit: string): string {
  return `${imageRepository(project, service)}:canary-${shortCommit(commit)}`;
}

/** The name that says that canary pulled the image of a service, so that it removes what the registry called it, too. */
export function pulledImage(project: string, service: string, commit: string): string {
  return `${imageRepository(project, service)}:pulled-${shortCommit(commit)}`;
}

/** The tag that keeps the stable's image while a promotion replaces it. */
export function previousImage(project: string, service: string, release: string): string {
  return `${imageRepository(project, service)}:before-${release}`;
}

/** The first twelve digits, as they appear in names and messages. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}

/** Whether a name is those digits. */
export function isShortCommit(name: string): boolean {
  return /^[0-9a-f]{12}$/.test(name);
}
