import { fileURLToPath } from 'node:url';
import { build } from '../../scripts/setup/build.mjs';
import { inspectMachine } from '../../scripts/setup/machine.mjs';
import { npmPackages } from '../../scripts/setup/npm-packages.mjs';
import { FOR_TESTS, type Ground } from '../../scripts/setup/steps.mjs';

/** Several rings have this set-up; one check of the machine is enough for all of them. */
const LOOKED_AT = 'CANARY_TESTS_PREPARED';

/**
 * The set-up of the rings that use the real parts: builds the program if it is older than the sources, and ends the run
 * with one sentence if the machine lacks something.
 */
export async function setup(): Promise<void> {
  if (process.env[LOOKED_AT]) return;
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const ground: Ground = { root, machine: inspectMachine(), say };
  if (!(await build.inPlace(ground))) await build.provide(ground);
  const missing = await missingIn(ground);
  if (missing.length > 0) {
    say(
      `These tests need more than there is here: ${missing.join(', ')}. Run \`node scripts/setup.mjs --tests\`, then try again.`,
    );
    // If thrown, it would be printed below a stack trace and beside "No test files found".
    process.exit(1);
  }
  process.env[LOOKED_AT] = 'yes';
}

async function missingIn(ground: Ground): Promise<string[]> {
  const steps = FOR_TESTS.filter((step) => step !== build && step !== npmPackages);
  const found = await Promise.all(steps.map((step) => step.inPlace(ground)));
  return steps.filter((_, index) => !found[index]).map(({ title }) => title);
}
