import { expect, test } from 'vitest';
import type { Forecast } from '../../../src/rollout/forecast.ts';
import { forecastText } from '../../../src/ui/forecast-view.ts';
import { makeTheme } from '../../../src/ui/theme.ts';

const KNOWN: Forecast = {
  known: true,
  traffic: { requests: 9000, users: 1021, seconds: 900, failing: 0.09 },
  judged: true,
  steps: [
    { step: 1, weight: 5, users: 49, seconds: 972, slowest: 2270 },
    { step: 3, weight: 50, users: 4871, seconds: 600, slowest: 600 },
  ],
  bad: [
    { failing: 1, hurt: 2, most: 7, seconds: 1190 },
    { failing: 100, hurt: 1, most: 1, seconds: 7 },
  ],
  enough: true,
  advice: null,
};

const shown = (forecast: Forecast) => forecastText(forecast, makeTheme(false));

test('a release is foreseen in lines that fit a terminal', () => {
  const text = shown(KNOWN);
  expect(text).toMatchInlineSnapshot(`
    "What to expect, at the traffic of the last 15 min
      10 requests a second, 1,000 users; 0.09 % of requests fail on the stable
      step 1    5 %  about 49 users     passes after 16 min, 9 of 10 within 38 min
      step 3   50 %  about 4,900 users  passes after 10 min
      A canary that fails
          1 %  hurts 2 to 7 users  is taken back after 20 min
        100 %  hurts 1 user        is taken back after 7 s"
  `);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('too little traffic is said, with settings that would do', () => {
  const steps = [
    { step: 1, weight: 5, users: 1, seconds: null, slowest: null },
    { step: 2, weight: 50, users: 8, seconds: 100_000, slowest: null },
  ];
  const bad = [{ failing: 1, hurt: 0, most: 0, seconds: null }];
  const advice = 'steps: [{ weight: 50, for: 10m }]\nprogressDeadline: 6h';
  const traffic = { requests: 100, users: 8, seconds: 5333, failing: 0 };
  const scarce = { ...KNOWN, traffic, steps, bad, enough: false };
  expect(shown({ ...scarce, advice })).toMatchInlineSnapshot(`
    "What to expect, at the traffic of the last 89 min
      1.1 requests a minute, 8 users
      step 1    5 %  about 1 user   too little traffic to pass
      step 2   50 %  about 8 users  passes after 28 h, some never
      A canary that fails
          1 %  hurts 0 users  is not noticed in time
      ! Too little traffic for these settings. In canary.yaml, these would do:
          steps: [{ weight: 50, for: 10m }]
          progressDeadline: 6h"
  `);
  expect(
    shown({ ...scarce, advice: null })
      .split('\n')
      .at(-1),
  ).toMatchInlineSnapshot(
    `"  ! Too little traffic to judge a canary: use \`--weight\`, and decide by hand."`,
  );
});

test('a canary that nobody judges is named as such', () => {
  const steps = [{ step: 1, weight: 20, users: 200, seconds: 3600, slowest: null }];
  expect(shown({ ...KNOWN, judged: false, steps, bad: [] })).toMatchInlineSnapshot(`
    "What to expect, at the traffic of the last 15 min
      10 requests a second, 1,000 users; 0.09 % of requests fail on the stable
      step 1   20 %  about 200 users  within 60 min
      ! Nobody judges this canary: if it fails, it keeps its users."
  `);
});

test('users who cannot be counted yet are not counted', () => {
  const steps = [{ step: 1, weight: 20, users: null, seconds: 3600, slowest: null }];
  expect(shown({ ...KNOWN, judged: false, steps, bad: [] })).toMatchInlineSnapshot(`
    "What to expect, at the traffic of the last 15 min
      10 requests a second, at least 1,000 users; 0.09 % of requests fail on the stable
      step 1   20 %  of users
      ! Nobody judges this canary: if it fails, it keeps its users."
  `);
});

test('what cannot be foreseen is one line', () => {
  expect(shown({ known: false, why: 'The proxy has seen no request yet.' })).toBe(
    '· Cannot foresee this release: The proxy has seen no request yet.',
  );
});
