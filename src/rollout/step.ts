import type { CanaryConfig } from '../config/schema.ts';
import { formatDuration } from '../config/values/duration.ts';
import { formatWeight } from '../proxy/weight.ts';

/** One step of a release. */
export type Step =
  | {
      weight: number;
      /** How long it is held before the next step, in milliseconds. */
      for: number;
      /** At most this many canary containers of each service. */
      replicas?: number;
      /** Requests that the canary must have served by its end. */
      minimumRequests?: number;
      /**
       * How many gates must be open before the step is done; the gates themselves are in
       * canary.yaml.
       */
      gates?: number;
    }
  /** Waits until the operator continues. */
  | { pause: true };

/**
 * The steps that canary.yaml asks for; none if the operator sets the weight by hand. `replicas`:
 * those of the service with the most replicas.
 */
export function stepsOf(
  { strategy, steps }: Pick<CanaryConfig, 'strategy' | 'steps'>,
  replicas: number,
): Step[] {
  if (strategy.kind === 'ab') return [{ weight: strategy.weight, for: strategy.for }];
  if (strategy.kind === 'rolling') {
    return Array.from({ length: replicas }, (_, index) => ({
      weight: Math.round(((index + 1) / replicas) * 10_000) / 100,
      for: strategy.for,
      replicas: index + 1,
    }));
  }
  return steps.map(({ weight, for: hold, minimumRequests, gates }) =>
    weight === undefined
      ? { pause: true }
      : {
          weight,
          for: hold ?? 0,
          ...(minimumRequests ? { minimumRequests } : {}),
          ...(gates && gates.length > 0 ? { gates: gates.length } : {}),
        },
  );
}

/** Describes a step in words. */
export function describeStep(step: Step): string {
  if ('pause' in step) return 'wait for a person';
  const containers =
    step.replicas === undefined
      ? ''
      : `, with ${step.replicas} ${step.replicas === 1 ? 'container' : 'containers'} of each service that has that many`;
  const time = step.for > 0 ? ` for ${formatDuration(step.for)}` : '';
  const { minimumRequests, gates = 0 } = step;
  const requests = minimumRequests ? `, at least ${minimumRequests} requests` : '';
  const open = gates > 0 ? `, until ${gates === 1 ? 'its gate is' : 'its gates are'} open` : '';
  return `${formatWeight(step.weight)} of users${time}${containers}${requests}${open}`;
}
