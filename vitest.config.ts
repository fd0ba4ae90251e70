import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Needs the machine for itself. */
const LOAD = 'test/engine/load.test.ts';

/** Vitest would leave a core free, which of two is half of them. */
const EVERY_CORE = '100%';

const ENGINE = {
  include: ['test/engine/**/*.test.ts'],
  // The program as it was built: there is nothing to transform.
  server: { deps: { external: [/\/dist\/main\.js$/] } },
  // The settings and hooks of whoever runs the tests have no say.
  env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

const CORPUS = {
  name: 'corpus',
  include: ['test/corpus/**/*.test.ts'],
  testTimeout: 900_000,
  // Most of the work is Compose's, so that one process keeps two cores busy.
  maxConcurrency: 3,
  sequence: { groupOrder: 3 },
};

/** One project a ring: unit and cli are pure and fast, integration and engine use the real parts. */
export default defineConfig({
  test: {
    // CI counts the cases in the report: scripts/test-summary.mjs.
    reporters: process.env.VITEST_JSON
      ? ['default', ['json', { outputFile: process.env.VITEST_JSON }]]
      : ['default'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          maxWorkers: EVERY_CORE,
          // Pure: what one file imports, the next can have. It saves a third of the work.
          isolate: false,
        },
      },
      { test: { name: 'cli', include: ['test/cli/**/*.test.ts'], maxWorkers: EVERY_CORE } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          maxWorkers: EVERY_CORE,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...ENGINE,
          name: 'engine',
          exclude: [LOAD],
          // Two cores, and most of a test is waiting: more side by side make each other slow, not faster.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...ENGINE,
          name: 'load',
          include: [LOAD],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      // Other people's stacks, in a folder that is given: scripts/test-corpus.mjs.
      ...(process.env.CANARY_CORPUS ? [{ test: CORPUS }] : []),
    ],
  },
});
