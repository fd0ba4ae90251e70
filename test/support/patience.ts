/**
 * How many times slower this machine is than a good one with two cores: vitest.config.ts measures it once, and the
 * workers and their child processes inherit it. 1 if it was not measured.
 */
export const SLOWNESS_VARIABLE = 'CANARY_TEST_SLOWNESS';

/**
 * The limit of a wait, on this machine: milliseconds that are plenty on a good one. A limit only ends what never comes;
 * no test measures speed.
 */
export function within(milliseconds: number): number {
  return Math.ceil(milliseconds * Number(process.env[SLOWNESS_VARIABLE] ?? 1));
}
