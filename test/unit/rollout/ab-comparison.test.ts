import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../src/proxy/counts.ts';
import { abSentence, compareAbSides } from '../../../src/rollout/ab-comparison.ts';
import { comparisonText } from '../../../src/ui/comparison-view.ts';

const FROM = new Date('2026-11-01T00:00:00.000Z');
const TO = new Date('2026-11-15T00:00:00.400Z');
const EARLIER = { ...NO_COUNTS, stable: 100, stableFailures: 3 };
const NOW = {
  stable: 2100,
  canary: 2000,
  stableFailures: 5,
  canaryFailures: 10,
  shielded: 30,
  assets: 0,
};
const compare = (now = NOW, earlier = EARLIER) =>
  compareAbSides({ from: FROM, to: TO, earlier, now, times: { stable: 4.2, canary: null } });

test('both sides are counted since the test began; a shielded request is a failure of the canary', () => {
  expect(compare()).toEqual({
    from: FROM.toISOString(),
    to: TO.toISOString(),
    stable: {
      requests: 2000,
      share: 50,
      failures: 2,
      shielded: 0,
      failureRate: 0.1,
      responseTime: 4.2,
    },
    canary: {
      requests: 2000,
      share: 50,
      failures: 40,
      shielded: 30,
      failureRate: 2,
      responseTime: null,
    },
  });
});

test('a table, and a sentence that claims no significance', () => {
  expect(comparisonText(compare())).toMatchInlineSnapshot(`
    "          requests  share  failures  rate   shielded  response
      stable  2,000     50 %   2         0.1 %  0         4.2 ms
      canary  2,000     50 %   40        2 %    30        -
    In 14d the canary failed 2 % of its 2,000 requests, the stable 0.1 % of its 2,000 requests; whether the difference is chance is not judged."
  `);
});

test('without requests on one side there is nothing to compare', () => {
  const comparison = compare({ ...NOW, canary: 0, canaryFailures: 0, shielded: 0, assets: 0 });
  expect(abSentence(comparison)).toBe(
    'In 14d one side had no requests: there is nothing to compare.',
  );
  expect(comparison.canary.failureRate).toBeNull();
});

test('after a restart of the proxy, the comparison uses the counts that remain', () => {
  const comparison = compare({ ...NOW, stable: 50 });
  expect(comparison.stable.requests).toBe(50);
});
