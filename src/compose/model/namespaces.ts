import type { ComposeModel, ComposeService } from './model.ts';

/** The settings by which a container joins another container's namespace. */
const SETTINGS = ['network_mode', 'pid', 'ipc'] as const;
type Setting = (typeof SETTINGS)[number];

interface Joined {
  setting: Setting;
  /** The service whose namespace it is. */
  owner: string;
}

/** The namespaces of other services that a service joins, named by service or by container. */
export function joinedNamespaces(service: ComposeService, model: ComposeModel): Joined[] {
  return SETTINGS.flatMap((setting) => {
    const owner = serviceNamed(service[setting], model);
    return owner === undefined ? [] : [{ setting, owner }];
  });
}

/** The service whose network, processes or memory a service shares; it can only be cloned together with it. */
export function namespaceOwner(service: ComposeService, model: ComposeModel): string | undefined {
  return joinedNamespaces(service, model)[0]?.owner;
}

/**
 * The service in whose network another one listens: the other has no name and no address of its
 * own.
 */
export function networkOwner(service: ComposeService, model: ComposeModel): string | undefined {
  return serviceNamed(service.network_mode, model);
}

/** The services that join a namespace of this one: a clone of it without them would lack a part of itself. */
export function namespaceMembers(name: string, model: ComposeModel): string[] {
  return Object.entries(model.services)
    .filter(([, service]) => joinedNamespaces(service, model).some(({ owner }) => owner === name))
    .map(([member]) => member)
    .sort();
}

/**
 * The service named by `service:web`, or by `container:` with the name of a service's container.
 */
function serviceNamed(
  value: string | undefined,
  { name, services }: ComposeModel,
): string | undefined {
  const [, kind, target] = /^(service|container):(.+)$/.exec(value ?? '') ?? [];
  if (kind === 'service') return target !== undefined && services[target] ? target : undefined;
  if (kind !== 'container') return undefined;
  const isTarget = ([service, { container_name }]: [string, ComposeService]) =>
    (container_name ?? `${name}-${service}-1`) === target;
  return Object.entries(services).find(isTarget)?.[0];
}
