import { CanaryError, hasCode } from '../../errors.ts';
import { wholeOf } from '../clone/companions.ts';
import { orSay } from '../services/roles.ts';
import { cloneableService } from '../slice.ts';
import type { Stack } from './stack.ts';

/**
 * Throws with the reason if a service must not be cloned: it is unknown, keeps data, runs once, or
 * controls the engine.
 */
export function refuseUnlessChoosable(stack: Stack, name: string): void {
  const { model, roles } = stack;
  if (model.services[name] && roles[name]?.role === 'stateful') {
    throw new CanaryError(
      'service-stateful',
      `Service \`${name}\` ${roles[name].why}; it is shared with the canary, never cloned.`,
      {
        hint: `Take \`${name}\` out of the chosen services: the canary uses the one that runs. ${orSay(name)}`,
      },
    );
  }
  cloneableService(model, name);
}

/**
 * Why a service must not be cloned together with its companions, in words; `undefined` if it may.
 */
export function obstacleOf(stack: Stack, name: string): string | undefined {
  try {
    for (const part of wholeOf(stack.model, [name])) refuseUnlessChoosable(stack, part);
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'service-stateful') && !hasCode(error, 'service-not-cloneable'))
      throw error;
    return error.message;
  }
}
