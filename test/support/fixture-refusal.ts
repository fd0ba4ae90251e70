import { CanaryError } from '../../src/errors.ts';

/** The error that work ends in; anything but a refusal of canary's own fails the test. */
export async function refusal(work: () => unknown): Promise<CanaryError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CanaryError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
