import { oldCodeName } from '../compose/model/names.ts';
import type { Participants } from '../compose/render/rehearsal.ts';
import type { Sender, ServiceAt } from './server-kind.ts';
import type { Stage } from './stage.ts';

/** Which service has an address; an unknown one is the migration's, whose container has ended. */
export async function sendersOn(stage: Stage, participants: Participants): Promise<ServiceAt> {
  const containers = (await stage.containers()).map((each) => ({
    ...each,
    began: Date.parse(each.startedAt),
  }));
  const [migration] = participants.migrations;
  const isOfStable = ({ name, service }: { name: string; service: string }) =>
    name.startsWith(`${stage.name}-${oldCodeName(service)}-`);
  const isCopy = ({ service }: { service: string }) =>
    participants.databases.some((each) => each.service === service);
  return (address, at = Number.POSITIVE_INFINITY): Sender | undefined => {
    // A later container may get the address of one that ended.
    const [found] = containers
      .filter(({ addresses, began }) => addresses.includes(address) && began <= at)
      .sort((left, right) => right.began - left.began);
    if (!found) return migration && { service: migration.service };
    // A pooler between them acts for the canary; a copy itself for no service.
    if (isCopy(found)) return undefined;
    return { service: found.service, ...(isOfStable(found) && { isStable: true }) };
  };
}
