import { CanaryError } from '../../src/errors.ts';

/** The error that the work ends in; anything but a CanaryError fails the test. */
export async function refusal(work: () => unknown): Promise<CanaryError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CanaryError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
