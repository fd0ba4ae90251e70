import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { measureSlowness } from './test/support/calibration.ts';
import { LongestFirst } from './test/support/longest-first.ts';
import { SLOWNESS_VARIABLE, within } from './test/support/patience.ts';

// Inherited by the workers, and by what they start.
process.env[SLOWNESS_VARIABLE] ??= String(await measureSlowness());

// A sixth less for every call of `docker compose`, and tests make thousands.
process.env.GOGC ??= '400';

/** Needs the machine for itself. */
const LOAD = 'test/engine/load.test.ts';

/** Hundreds of runs of a thing, or the largest there may be: seconds each. */
const THOROUGH = 'test/unit/**/*.thorough.test.ts';

/** Vitest would leave a core free, which of two is half of them. */
const EVERY_CORE = '100%';

const waiting = (milliseconds: number) => ({
  testTimeout: within(milliseconds),
  hookTimeout: within(milliseconds),
});

/** Needs the project and git alone: no set-up. What one file imports, the next can have. */
const WITHOUT_SET_UP = { maxWorkers: EVERY_CORE, isolate: false, ...waiting(30_000) };

/** Git as it comes, but for the process with which it tidies up after each commit. */
const GIT = {
  GIT_CONFIG_GLOBAL: fileURLToPath(new URL('./test/support/gitconfig', import.meta.url)),
  GIT_CONFIG_SYSTEM: '/dev/null',
};

/** Compose is started by a shorter way: a third of the processor's time. The rings load and long start it as users do. */
const SHORTER_WAY = {
  PATH: `${fileURLToPath(new URL('./test/support/bin', import.meta.url))}:${process.env.PATH}`,
};

/** Says what it lacks: an engine, images, programs. */
const WITH_SET_UP = { globalSetup: ['test/support/prepared.ts'] };

const ENGINE = {
  ...WITH_SET_UP,
  ...waiting(300_000),
  // Two cores, and most of a test is waiting: more side by side make each other slow, not faster.
  maxWorkers: 2,
  // The program as it was built: there is nothing to transform.
  server: { deps: { external: [/\/dist\/main\.js$/] } },
  // The settings and hooks of whoever runs the tests have no say.
  env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
};

const CORPUS = {
  ...WITH_SET_UP,
  ...waiting(900_000),
  name: 'corpus',
  include: ['test/corpus/**/*.test.ts'],
  // Most of the work is Compose's, so that one process keeps two cores busy.
  maxConcurrency: 3,
  sequence: { groupOrder: 4 },
};

const CASES = {
  ...ENGINE,
  name: 'cases',
  include: ['test/cases/**/*.test.ts'],
  sequence: { groupOrder: 5 },
};

/**
 * One project a ring: unit is pure and cli runs in this process with git alone, integration and engine use the real
 * parts.
 */
export default defineConfig({
  test: {
    // CI counts the cases in the report: scripts/test-summary.mjs.
    reporters: process.env.VITEST_JSON
      ? ['default', ['json', { outputFile: process.env.VITEST_JSON }]]
      : ['default'],
    sequence: { sequencer: LongestFirst },
    // What was transformed for one run is there for the next: a third of what the unit tests take.
    experimental: { fsModuleCache: true },
    projects: [
      {
        test: {
          ...WITHOUT_SET_UP,
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: [THOROUGH],
        },
      },
      { test: { ...WITHOUT_SET_UP, name: 'thorough', include: [THOROUGH] } },
      // Needs Compose besides, to read files; no engine.
      { test: { ...WITHOUT_SET_UP, name: 'world', include: ['test/world/**/*.test.ts'] } },
      { test: { ...WITHOUT_SET_UP, name: 'cli', include: ['test/cli/**/*.test.ts'], env: GIT } },
      {
        test: {
          ...WITH_SET_UP,
          ...waiting(60_000),
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          maxWorkers: EVERY_CORE,
          isolate: false,
          env: { ...GIT, ...SHORTER_WAY },
        },
      },
      {
        test: {
          ...ENGINE,
          name: 'engine',
          include: ['test/engine/**/*.test.ts'],
          exclude: [LOAD],
          env: { ...ENGINE.env, ...SHORTER_WAY },
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...ENGINE,
          name: 'load',
          include: [LOAD],
          sequence: { groupOrder: 2 },
        },
      },
      // `npm run test:long`
      {
        test: {
          ...ENGINE,
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          sequence: { groupOrder: 3 },
        },
      },
      // Other people's stacks, in a folder that is given: scripts/test-corpus.mjs.
      ...(process.env.CANARY_CORPUS ? [{ test: CORPUS }] : []),
      // Cases from public reports, in a folder that is given: scripts/test-cases.mjs.
      ...(process.env.CANARY_CASES ? [{ test: CASES }] : []),
    ],
  },
});
