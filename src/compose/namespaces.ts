import type { ComposeModel, ComposeService } from './model.ts';

/**
 * The service whose network, IPC or PID namespace a service joins (`service:x`, or `container:NAME` of one that the compose
 * file names): the two can only be cloned together. `undefined` where it has its own, or joins what is no service here.
 */
export function namespaceOwner(service: ComposeService, model: ComposeModel): string | undefined {
  for (const mode of [service.network_mode, service.ipc, service.pid]) {
    const [kind, name = ''] = splitOnce(mode ?? '');
    if (kind === 'service' && model.services[name]) return name;
    if (kind !== 'container') continue;
    const owner = Object.entries(model.services).find(
      ([each, { container_name }]) => (container_name ?? `${model.name}-${each}-1`) === name,
    );
    if (owner) return owner[0];
  }
  return undefined;
}

/** The services that join a namespace of `name`. */
export function namespaceJoiners(name: string, model: ComposeModel): string[] {
  return Object.entries(model.services)
    .filter(([, service]) => namespaceOwner(service, model) === name)
    .map(([each]) => each)
    .sort();
}

function splitOnce(mode: string): [string, string] {
  const colon = mode.indexOf(':');
  return colon < 0 ? [mode, ''] : [mode.slice(0, colon), mode.slice(colon + 1)];
}
