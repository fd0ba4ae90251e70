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
  /** The image the stable runs. */
  image: string;
  /** The labels it keeps if others are dropped, as written. */
  keptLabels?: Readonly<Record<string, string>> | undefined;
}

/** The fields in which a fresh clone of the stable differs from the stable it extends. */
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
    // The image is present: the stable runs it.
    pull_policy: 'never',
    container_name: reset(null),
    hostname: reset(null),
    ...(stable?.mac_address ? { mac_address: reset(null) } : {}),
    ports: reset([]),
    networks: replace(cloneNetworks(stable)),
    ...(own.length > 0 ? { volumes: volumeFields(own) } : {}),
    // One replica, however many the stable has, wherever its definition states the number.
    ...(stable?.scale === undefined ? {} : { scale: 1 }),
    ...(stable?.deploy?.replicas === undefined ? {} : { deploy: { replicas: 1 } }),
    // It calls other services the way the stable does.
    ...(caller ? linkFields(caller) : {}),
    ...discoveryFields(stable ?? {}, model, keptLabels, labels),
  };
}
