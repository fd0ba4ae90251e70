import { expect, test } from 'vitest';
import { glyphsFor } from '../../../../src/ui/live/glyphs.ts';
import { liveModel } from '../../../../src/ui/live/model.ts';
import { renderLive, type Screen } from '../../../../src/ui/live/render.ts';
import { NOTHING_SEEN, withLook } from '../../../../src/ui/live/state.ts';
import { makeTheme } from '../../../../src/ui/theme.ts';
import { placesOf } from '../../../../src/ui/width.ts';
import { ADVANCING, NOW, QUIET, RECORDS } from '../../../support/fixture-live.ts';

const KEYS = [['p promote  q leave']];
const small: Screen = {
  width: 80,
  height: 23,
  theme: makeTheme(false),
  glyphs: glyphsFor({ LANG: 'C.UTF-8' }),
};

function shown(status = ADVANCING, screen: Partial<Screen> = {}, records = RECORDS): string {
  const state = withLook(NOTHING_SEEN, { status, records });
  return renderLive(liveModel(state, NOW), KEYS, { ...small, ...screen }).join('\n');
}

test('80x24', () => {
  expect(shown()).toMatchInlineSnapshot(`
    "shop  proxy running                                                 12:05:00 UTC
    ◆ advancing  cheaper aaaaaaaaaaaa  Make it cheaper                            5m
      step 2 of 4: 20 % of users for 5m
    steps    ✔ 5 % 2m  ▶ 20 % 5m  you  100 % 5m
             █████████░░░░░░░░░░░░░░░░░░░░░░  3m30s left, 8m30s of all steps
    waits    for the end of the step, then the judge
    weight   20 % set, 19.84 % measured
              rate      failed         4xx    p50    p99  last 2 minutes
    stable  18.4/s  1 (0.10 %)  12 (1.3 %)  12 ms  84 ms  ▇█▅▅▆▇▇█▅▅▆▇▇█▅▅▆▇▇█▅▅▆▇▇█
    canary   6.8/s           0   3 (1.3 %)  12 ms  1.3 s    ▃▃▃▃▄▄▄▄▅▅▅▅▅▆▆▆▆▇▇▇▇███
    evidence surely worse ├───────────────┼──────●────────┤ surely fine
             0 of 240 requests failed on the canary, 1 of 960 on the stable; its ra…
    stable  main 000000000000
    ├ frontend   2/2  healthy  shop-frontend
    └ discounts  1/1  healthy  shop-discounts
    canary  cheaper aaaaaaaaaaaa
    ├ frontend   1/1  healthy                shop-frontend:canary-aaaaaaaaaaaa
    └ discounts  1/1  unhealthy, 2 restarts  shop-discounts:canary-aaaaaaaaaaaa
    12:01:12 ✔ build frontend at aaaaaaaaaaaa 71.0 s
    12:01:20 ◆ step 1 of 4: 5 % of users for 2m
    12:03:29 ✔ step 1 is done
    12:03:30 ◆ step 2 of 4: 20 % of users for 5m
    p promote  q leave"
  `);
});

test('200x50', () => {
  expect(shown(ADVANCING, { width: 200, height: 49 })).toMatchInlineSnapshot(`
    "shop  proxy running                                                                                                                                                                         12:05:00 UTC
    ◆ advancing  cheaper aaaaaaaaaaaa  Make it cheaper                                                                                                                                                    5m
      step 2 of 4: 20 % of users for 5m

    steps    ✔ 5 % 2m  ▶ 20 % 5m  you  100 % 5m
             ████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░  3m30s left, 8m30s of all steps
    waits    for the end of the step, then the judge
    weight   20 % set, 19.84 % measured

              rate      failed         4xx    p50    p99  last 3 minutes
    stable  18.4/s  1 (0.10 %)  12 (1.3 %)  12 ms  84 ms  ▅▅▆▇▇█▅▅▆▇▇█▅▅▆▇▇█▅▅▆▇▇█▅▅▆▇▇█▅▅▆▇▇█
    canary   6.8/s           0   3 (1.3 %)  12 ms  1.3 s              ▃▃▃▃▄▄▄▄▅▅▅▅▅▆▆▆▆▇▇▇▇███

    evidence surely worse ├───────────────┼──────●────────┤ surely fine
             0 of 240 requests failed on the canary, 1 of 960 on the stable; its rate may still be 0.9 % above the stable’s.

    stable  main 000000000000
    ├ frontend   2/2  healthy  shop-frontend
    └ discounts  1/1  healthy  shop-discounts
    canary  cheaper aaaaaaaaaaaa
    ├ frontend   1/1  healthy                shop-frontend:canary-aaaaaaaaaaaa
    └ discounts  1/1  unhealthy, 2 restarts  shop-discounts:canary-aaaaaaaaaaaa

    12:00:00 ◆ release 20261121-120000-aaaaaaa of cheaper: Make it cheaper
    12:01:12 ✔ build frontend at aaaaaaaaaaaa 71.0 s
    12:01:20 ◆ step 1 of 4: 5 % of users for 2m
    12:03:29 ✔ step 1 is done
    12:03:30 ◆ step 2 of 4: 20 % of users for 5m

    p promote  q leave"
  `);
});

test('ASCII where the locale is not UTF-8', () => {
  expect(shown(ADVANCING, { glyphs: glyphsFor({ LANG: 'C' }) })).toMatchInlineSnapshot(`
    "shop  proxy running                                                 12:05:00 UTC
    * advancing  cheaper aaaaaaaaaaaa  Make it cheaper                            5m
      step 2 of 4: 20 % of users for 5m
    steps    + 5 % 2m  > 20 % 5m  you  100 % 5m
             #########......................  3m30s left, 8m30s of all steps
    waits    for the end of the step, then the judge
    weight   20 % set, 19.84 % measured
              rate      failed         4xx    p50    p99  last 2 minutes
    stable  18.4/s  1 (0.10 %)  12 (1.3 %)  12 ms  84 ms  #@++*##@++*##@++*##@++*##@
    canary   6.8/s           0   3 (1.3 %)  12 ms  1.3 s    ----====+++++****####@@@
    evidence surely worse |---------------+------O--------| surely fine
             0 of 240 requests failed on the canary, 1 of 960 on the stable; its ra~
    stable  main 000000000000
    | frontend   2/2  healthy  shop-frontend
    \` discounts  1/1  healthy  shop-discounts
    canary  cheaper aaaaaaaaaaaa
    | frontend   1/1  healthy                shop-frontend:canary-aaaaaaaaaaaa
    \` discounts  1/1  unhealthy, 2 restarts  shop-discounts:canary-aaaaaaaaaaaa
    12:01:12 + build frontend at aaaaaaaaaaaa 71.0 s
    12:01:20 * step 1 of 4: 5 % of users for 2m
    12:03:29 + step 1 is done
    12:03:30 * step 2 of 4: 20 % of users for 5m
    p promote  q leave"
  `);
});

test('without a canary', () => {
  expect(shown(QUIET, {}, [])).toMatchInlineSnapshot(`
    "shop  proxy running                                                 12:05:00 UTC
    No canary runs. Start one with \`canary deploy --branch BRANCH\`.

    stable  main 000000000000
    ├ frontend   2/2  healthy  shop-frontend
    ├ discounts  1/1  healthy  shop-discounts
    └ db         1/1  running  postgres:17

    p promote  q leave"
  `);
});

test('what cannot be looked at has no last known state', () => {
  const draw = (state: typeof NOTHING_SEEN) =>
    renderLive(liveModel(state, NOW), [], small).join('\n');
  const problem = 'There is no canary.yaml.';
  expect(draw(NOTHING_SEEN)).toContain('Looking at the project');
  const unseen = draw({ ...NOTHING_SEEN, problem });
  expect(unseen).toContain(problem);
  expect(unseen).not.toContain('last known state');
  const seen = withLook(NOTHING_SEEN, { status: ADVANCING, records: RECORDS });
  expect(draw({ ...seen, problem })).toContain(`This is the last known state: ${problem}`);
});

test('colours change how it looks and nothing else', () => {
  const colored = shown(ADVANCING, { theme: makeTheme(true) });
  expect(colored).toContain('\u001b[');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of colours.
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(shown());
});

test.each([
  [20, 5],
  [40, 10],
  [80, 24],
  [81, 3],
  [1, 1],
  [0, 0],
])('never more than %d x %d', (width, height) => {
  const lines = shown(ADVANCING, { width, height }).split('\n');
  expect(lines.length).toBeLessThanOrEqual(Math.max(1, height));
  for (const line of lines) expect(placesOf(line)).toBeLessThanOrEqual(width);
});

test('text from outside is only shown, in one line', () => {
  const { release } = ADVANCING;
  if (!release) throw new Error('the fixture has a release');
  const evil = { ...release, subject: 'up\u001b[2J\ndown\u202e', reason: '界'.repeat(60) };
  const text = shown({ ...ADVANCING, release: evil });
  expect(text).toMatch(/^(?:[^\p{Cc}\u202e]|\n)*$/u);
  expect(text.split('\n')).toHaveLength(shown().split('\n').length);
  for (const line of text.split('\n')) expect(placesOf(line)).toBeLessThanOrEqual(80);
});
