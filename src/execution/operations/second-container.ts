import type { ComposeService } from '../../compose/model/model.ts';
import { listeningPort, otherPorts } from '../../compose/model/model.ts';
import { namespaceMembers } from '../../compose/model/namespaces.ts';
import { statefulReason } from '../../compose/services/stateful.ts';
import type { Project } from '../../project/load.ts';
import type { Run } from '../../project/run.ts';
import { until } from '../../project/until.ts';
import { containersOf, type ObservedContainer } from '../../rollout/observed.ts';
import { acceptsConnections } from '../../system/ports.ts';
import { observe } from '../observe.ts';

/** Whether a second container of a service can run beside the existing ones, to take over without downtime. */
export function canHaveSecond(
  { project }: Pick<Run, 'project'>,
  containers: readonly ObservedContainer[],
  service: string,
): boolean {
  if (secondContainerObstacle(project, service)) return false;
  return !containers.some((each) => each.service === service && each.hasAnonymousVolume);
}

/** Why a service cannot have a second container, as far as its definition shows: its own name, ports or data. */
export function secondContainerObstacle(
  { model, slice }: Project,
  name: string,
): string | undefined {
  const service: ComposeService = model.services[name] ?? {};
  const entry = slice.find((member) => member.service === name)?.entry;
  if (service.container_name !== undefined) return 'it has a `container_name`';
  if (otherPorts(service, entry?.port).some(({ published }) => published))
    return 'it publishes ports';
  const networks = Object.values(service.networks ?? {});
  const addresses = networks.flatMap((network) => [
    ...[network?.ipv4_address, network?.ipv6_address, network?.mac_address],
  ]);
  if ([service.mac_address, ...addresses].some(Boolean)) return 'it has an address of its own';
  const [member] = namespaceMembers(name, model);
  if (member) return `\`${member}\` shares its namespaces`;
  return statefulReason(service, model);
}

/** Waits until containers started beside the known ones answer; before the proxy runs nothing else checks them. */
export async function awaitSecondContainers(
  run: Run,
  service: string,
  known: ReadonlySet<string>,
): Promise<void> {
  const definition = run.project.model.services[service] ?? {};
  const member = run.project.slice.find((each) => each.service === service);
  const port = member ? member.port : listeningPort(definition);
  await until(run, `A second ${service} did not become ready in time.`, async () => {
    const containers = containersOf(await observe(run), 'stable', service);
    const seconds = containers.filter((each) => !known.has(each.id));
    const ready = await Promise.all(seconds.map((second) => isReady(second, port)));
    return ready.length > 0 && ready.every(Boolean);
  });
}

async function isReady(second: ObservedContainer, port: number | undefined): Promise<boolean> {
  if (second.state !== 'running' || second.health === 'starting') return false;
  if (port === undefined) return true;
  const accepts = second.addresses.map((address) => acceptsConnections(address, port));
  return (await Promise.all(accepts)).includes(true);
}
