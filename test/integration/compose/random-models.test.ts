import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeProjects } from '../../support/fixture-arbitrary-compose.ts';
import { emptyFolder } from '../../support/fixture-project.ts';
import { within } from '../../support/patience.ts';
import { verdictOn } from '../../support/random-project.ts';

/** `CANARY_RANDOM_MODELS=1000` tries more of them; fast-check prints the seed of a failure. */
const RUNS = Number(process.env.CANARY_RANDOM_MODELS ?? 12);

test('the clones of any compose file keep the invariants or are rejected', {
  timeout: within(60_000 + RUNS * 2000),
}, async () => {
  const folder = await emptyFolder();
  const kinds: string[] = [];
  await fc.assert(
    fc.asyncProperty(composeProjects(true), async (project) => {
      const verdict = await verdictOn(folder, project);
      kinds.push(verdict.kind);
      expect(verdict.kind === 'rendered' ? verdict.faults : []).toEqual([]);
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: within(40_000 + RUNS * 2000) },
  );
  // Rejections alone prove nothing; about half are rendered, by chance fewer.
  expect(kinds.filter((kind) => kind === 'rendered').length).toBeGreaterThan(RUNS / 20);
});
