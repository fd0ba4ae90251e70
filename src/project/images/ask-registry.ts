import type { Context } from '../../context.ts';
import { CanaryError, hasCode } from '../../errors.ts';
import { credentialsOf } from './credentials.ts';
import { limitEnd } from './rate-limit.ts';

/**
 * Asks a registry for images. What it refuses is thrown with more about it: where Docker looked for credentials, or
 * until when the rate limit lasts.
 */
export async function askRegistry<Answer>(
  context: Pick<Context, 'registry' | 'http' | 'signal' | 'env' | 'clock'>,
  references: readonly string[],
  ask: (registry: Context['registry']) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(context.registry);
  } catch (error) {
    const [reference = ''] = references;
    const more = hasCode(error, 'registry-refused')
      ? await credentialsOf(context.env, reference)
      : hasCode(error, 'registry-limited')
        ? await limitEnd(context, reference)
        : undefined;
    if (more === undefined || !(error instanceof CanaryError)) throw error;
    const { code, message, details, cause } = error;
    throw new CanaryError(code, message, { details, cause, hint: `${more} ${error.hint ?? ''}` });
  }
}
