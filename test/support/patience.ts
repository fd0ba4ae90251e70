/**
 * How many times slower this machine is than a good one with two cores: vitest.config.ts measures it once, the workers
 * and what they start inherit it. 1 where nobody measured.
 */
export const SLOWNESS_VARIABLE = 'CANARY_TEST_SLOWNESS';

/**
 * A limit of a wait, on this machine: milliseconds that are plenty on a good one. A limit only ends what never comes;
 * no test is about speed.
 */
export function within(milliseconds: number): number {
  return Math.ceil(milliseconds * Number(process.env[SLOWNESS_VARIABLE] ?? 1));
}
