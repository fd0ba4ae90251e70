import { z } from 'zod';
import { ROLES } from '../values/role.ts';
import { serviceName } from '../values/values.ts';

/**
 * What services do, if canary guesses it wrong: `stateful` ones are shared and never cloned; an `app` can be cloned.
 */
export const roles = z.record(serviceName, z.enum(ROLES, `is not one of ${ROLES.join(', ')}`));
