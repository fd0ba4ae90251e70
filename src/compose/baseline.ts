import { linkDeltas, linkFields } from './caller-links.ts';
import { cloneNetworks } from './clone/networks.ts';
import type { Fields } from './fields.ts';
import type { ComposeModel } from './model.ts';
import { LABEL } from './names.ts';
import type { SliceMember } from './slice.ts';
import { replace, reset } from './tagged.ts';

/** Of each service with a baseline: the image that its stable runs, and the user's files that define it. */
export type BaselineSource = Readonly<Record<string, { image: string; files: readonly string[] }>>;

/** What sets a fresh clone of the stable apart from the stable it extends. */
export function baselineDelta(
  model: ComposeModel,
  slice: readonly SliceMember[],
  service: string,
  image: string,
  release: string,
): Fields {
  const stable = model.services[service];
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
    // One, however many the stable has, and wherever its definition says so.
    ...(stable?.scale === undefined ? {} : { scale: 1 }),
    ...(stable?.deploy?.replicas === undefined ? {} : { deploy: { replicas: 1 } }),
    // It calls others the way the stable does.
    ...(caller ? linkFields(caller) : {}),
    labels: {
      [LABEL.role]: 'baseline',
      [LABEL.service]: service,
      [LABEL.release]: release,
    },
  };
}
