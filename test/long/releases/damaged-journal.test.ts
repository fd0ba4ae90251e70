import { describe, test } from 'vitest';
import { DAMAGES, expectNoMatter, expectToEnd, WAYS_OUT } from '../../support/damaged-journal.ts';

/** One of each kind: test/integration/cli/damaged-journal.test.ts. */
describe.each(DAMAGES)('a journal with %s', (...damage) => {
  test.each(WAYS_OUT)('does not bar canary %s, which names it', (...argv) =>
    expectToEnd(damage, argv),
  );

  test('is no matter to status once nothing of it runs, and nothing goes on from it', () =>
    expectNoMatter(damage));
});
