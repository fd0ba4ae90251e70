import { LABEL } from '../model/names.ts';
import {
  COMPOSE_LABEL,
  type ContainerRequest,
  type Guise,
  type Labels,
  type Named,
  withoutSuffix,
} from './guise.ts';
import { isStandIn } from './stand-in.ts';

/** Neither `True` nor `False`, the two values that Compose looks for. */
const HIDDEN = 'canary';

/** Plain Compose may start containers with the plain names at any time. */
const SUFFIX = '-stable';

/** Whether plain Compose leaves a container alone: it was made under `hiding`. */
export function isHidden(labels: Labels): boolean {
  return labels[COMPOSE_LABEL.oneOff] === HIDDEN;
}

/** Whether a container belongs to a service, rather than to one run of it. */
export function isKept(labels: Labels): boolean {
  return isHidden(labels) || labels[COMPOSE_LABEL.oneOff] === 'False';
}

/**
 * The guise under which canary's own Compose works: it takes hidden containers for its own, and what it makes of
 * these services is hidden from plain Compose.
 */
export function hiding(services: readonly string[]): Guise {
  return {
    seen({ name, labels }) {
      if (isStandIn(labels)) return undefined;
      return isHidden(labels)
        ? { name: withoutSuffix(name, SUFFIX), labels: shownLabels(labels) }
        : { name, labels };
    },
    made(request) {
      const { Labels: labels = {} } = request.body;
      const isOfService = labels[COMPOSE_LABEL.oneOff] === 'False';
      const service = labels[COMPOSE_LABEL.service] ?? '';
      return isOfService && services.includes(service) ? hidden(request) : request;
    },
    renamed: ({ labels }, name) => (isHidden(labels) ? hiddenName({ name, labels }) : name),
    joined: (endpoint) => endpoint,
  };
}

function hidden({ name, body }: ContainerRequest): ContainerRequest {
  const labels = hiddenLabels(body.Labels ?? {});
  return { name: hiddenName({ name, labels }), body: { ...body, Labels: labels } };
}

/**
 * What canary adds is none of the user's services, so `--remove-orphans` would remove it: it loses the label without
 * which Compose lists nothing. The stable keeps it, so that `docker compose exec` finds the stable.
 */
function hiddenLabels({ [COMPOSE_LABEL.hash]: hash = '', ...labels }: Labels): Labels {
  const key = LABEL.role in labels ? LABEL.hash : COMPOSE_LABEL.hash;
  return { ...labels, [COMPOSE_LABEL.oneOff]: HIDDEN, [key]: hash };
}

function shownLabels({ [LABEL.hash]: hash, ...labels }: Labels): Labels {
  return {
    ...labels,
    [COMPOSE_LABEL.oneOff]: 'False',
    ...(hash === undefined ? {} : { [COMPOSE_LABEL.hash]: hash }),
  };
}

/** Names that users gave (`container_name`) stay, and canary's own are no service's. */
function hiddenName({ name, labels }: Named): string {
  return LABEL.role in labels || !isGenerated(name, labels) ? name : `${name}${SUFFIX}`;
}

/** Whether Compose made the name up; while it replaces a container, an id stands before it. */
function isGenerated(name: string, labels: Labels): boolean {
  const { project, service, number } = COMPOSE_LABEL;
  const parts = [labels[project], labels[service], labels[number]];
  const plain = name.replace(/^[0-9a-f]{12}_/, '');
  return plain === parts.join('-') || plain === parts.join('_');
}
