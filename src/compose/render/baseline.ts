import { volumeFields } from '../clone/delta.ts';
import { discoveryFields } from '../clone/labels.ts';
import { cloneNetworks } from '../clone/networks.ts';
import { ownVolumes } from '../clone/volumes.ts';
import type { Origin } from '../model/extension.ts';
import type { Fields } from '../model/fields.ts';
import type { ComposeModel } from '../model/model.ts';
import { LABEL } from '../model/names.ts';
import { replace, reset } from '../model/tagged.ts';
import type { SliceMember } from '../slice.ts';
import { linkDeltas, linkFields } from './caller-links.ts';

/** By service with a baseline. */
export type BaselineSource = Readonly<Record<string, BaselineOrigin>>;

/** Where the stable is defined. */
interface BaselineOrigin extends Origin {
  /** What the stable runs. */
  image: string;
  /** Its labels that are kept where some are dropped, as they are written. */
  keptLabels?: Readonly<Record<string, string>> | undefined;
}

/** What sets a fresh clone of the stable apart from the stable it extends. */
export function baselineDelta(
  model: ComposeModel,
  slice: readonly SliceMember[],
  service: string,
  { image, keptLabels }: BaselineOrigin,
  release: string,
): Fields {
  const stable = model.services[service];
  const labels = {
    [LABEL.role]: 'baseline',
    [LABEL.service]: service,
    [LABEL.release]: release,
  };
  const own = ownVolumes(model, [service]).get(service) ?? [];
  const caller = linkDeltas(model, slice).find((each) => each.caller === service);
  return {
    image,
    build: reset(null),
    // It is here: the stable runs it.
    pull_policy: 'never',
    container_name: reset(null),
    hostname: reset(null),
    ...(stable?.mac_address ? { mac_address: reset(null) } : {}),
    ports: reset([]),
    networks: replace(cloneNetworks(stable)),
    ...(own.length > 0 ? { volumes: volumeFields(own) } : {}),
    // One, however many the stable has, and wherever its definition says so.
    ...(stable?.scale === undefined ? {} : { scale: 1 }),
    ...(stable?.deploy?.replicas === undefined ? {} : { deploy: { replicas: 1 } }),
    // It calls others the way the stable does.
    ...(caller ? linkFields(caller) : {}),
    ...discoveryFields(stable ?? {}, model, keptLabels, labels),
  };
}
