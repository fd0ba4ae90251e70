import { ownValue } from '../../config/values/by-name.ts';
import type { ComposeModel, ComposeService } from '../model/model.ts';
import { baselineName, cloneName, PROXY_SERVICE } from '../model/names.ts';
import { joinedNamespaces, namespaceMembers } from '../model/namespaces.ts';

/** Devices that only one program at a time can open. */
const EXCLUSIVE_DEVICE =
  /^\/dev\/(tty|serial|video|usb|bus\/usb|hidraw|i2c|spidev|gpio|lp|nvme|sd)/;

/** By `network_mode`: why the proxy could not distinguish stable and canary there. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  host: 'where its ports are taken already',
  none: 'where nobody can reach it',
  bridge: 'where containers cannot be found by name',
};

/** Why a service cannot have a clone beside it; `undefined` if it can. */
export function cloneObstacle(model: ComposeModel, name: string): string | undefined {
  const service = model.services[name] ?? {};
  if (name === PROXY_SERVICE || model.services[PROXY_SERVICE])
    return `the name \`${PROXY_SERVICE}\` is taken by a service`;
  return (
    nameObstacle(model, cloneName(name)) ??
    namespaceObstacle(service, model) ??
    machineObstacle(service)
  );
}

/** Why a service with that name cannot be added. */
function nameObstacle(model: ComposeModel, clone: string): string | undefined {
  if (model.services[clone]) return `the name \`${clone}\` is taken by another service`;
  // The proxy and the other clones find services by DNS, where no part of a name may be empty or
  // longer than 63 characters.
  if (clone.split('.').some((part) => part === '' || part.length > 63))
    return "its name, or its clone's, cannot be looked up in DNS";
  return undefined;
}

/**
 * Why a fresh clone of the stable (a baseline) cannot run beside it: it would also need fresh
 * clones of its companions.
 */
export function baselineObstacle(model: ComposeModel, name: string): string | undefined {
  const service = model.services[name] ?? {};
  const [joined] = joinedNamespaces(service, model);
  if (joined) return `it shares \`${joined.setting}\` with \`${joined.owner}\``;
  const [member] = namespaceMembers(name, model);
  if (member) return `\`${member}\` shares its namespaces`;
  return nameObstacle(model, baselineName(name));
}

/**
 * A namespace can be shared with a service that is also cloned, but not with a container canary
 * does not know.
 */
function namespaceObstacle(service: ComposeService, model: ComposeModel): string | undefined {
  const { network_mode: network } = service;
  const unreachable = network && ownValue(UNREACHABLE, network);
  if (unreachable) return `it uses \`network_mode: ${network}\`, ${unreachable}`;
  const joined = new Set(joinedNamespaces(service, model).map(({ setting }) => setting));
  for (const setting of ['network_mode', 'pid', 'ipc'] as const) {
    const value = service[setting];
    if (!value?.startsWith('container:') || joined.has(setting)) continue;
    return `it uses \`${setting}: ${value}\`, a container that the compose file does not define`;
  }
  return undefined;
}

function machineObstacle({ devices, provider }: ComposeService): string | undefined {
  if (provider) return 'it is no container (`provider`)';
  const device = devices?.find(({ source }) => EXCLUSIVE_DEVICE.test(source));
  return device && `it has \`${device.source}\`, which one program at a time can use`;
}
