import { defineConfig } from 'vitest/config';

/** One project a ring: unit and cli are pure and fast, integration and engine use the real parts. */
export default defineConfig({
  test: {
    // CI counts the cases in the report: scripts/test-summary.mjs.
    reporters: process.env.VITEST_JSON
      ? ['default', ['json', { outputFile: process.env.VITEST_JSON }]]
      : ['default'],
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { test: { name: 'cli', include: ['test/cli/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'engine',
          include: ['test/engine/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Two cores: containers that boot side by side make each other slow, not faster.
          fileParallelism: false,
        },
      },
    ],
  },
});
