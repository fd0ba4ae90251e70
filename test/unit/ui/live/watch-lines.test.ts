import { expect, test } from 'vitest';
import type { Status } from '../../../../src/documents/status.ts';
import { liveModel } from '../../../../src/ui/live/model.ts';
import { NOTHING_SEEN, withEvent, withLook } from '../../../../src/ui/live/state.ts';
import { WatchLines } from '../../../../src/ui/live/watch-lines.ts';
import { ADVANCING, NOW, QUIET, RECORDS } from '../../../support/fixture-live.ts';

const model = (status: Status, records = RECORDS, now = NOW) =>
  liveModel(withLook(NOTHING_SEEN, { status, records }), now);

test('a line for each thing that happens, and one every thirty seconds', () => {
  const watch = new WatchLines();
  const first = watch.at(model(ADVANCING, RECORDS.slice(0, 5)), NOW);
  const quiet = watch.at(model(ADVANCING, RECORDS.slice(0, 5), NOW + 29_000), NOW + 29_000);
  const next = watch.at(model(ADVANCING, RECORDS, NOW + 30_000), NOW + 30_000);
  expect({ first, quiet, next }).toMatchInlineSnapshot(`
    {
      "first": [
        "12:00:00 release 20261121-120000-aaaaaaa of cheaper: Make it cheaper",
        "12:01:12 build frontend at aaaaaaaaaaaa 71.0 s",
        "12:01:20 step 1 of 4: 5 % of users for 2m",
        "12:03:29 step 1 is done",
        "12:05:00 advancing: step 2 of 4: 20 % of users for 5m; weight 20 % set, 19.84 % measured; waits for the end of the step, then the judge; 0 of 240 requests failed on the canary, 1 of 960 on the stable; its rate may still be 0.9 % above the stable’s",
      ],
      "next": [
        "12:03:30 step 2 of 4: 20 % of users for 5m",
        "12:05:30 advancing: step 2 of 4: 20 % of users for 5m; weight 20 % set, 19.84 % measured; waits for the end of the step, then the judge; 0 of 240 requests failed on the canary, 1 of 960 on the stable; its rate may still be 0.9 % above the stable’s",
      ],
      "quiet": [],
    }
  `);
});

test('says once that there is no canary', () => {
  const watch = new WatchLines();
  expect(watch.at(model(QUIET, []), NOW)).toEqual([
    '12:05:00 No canary runs. Start one with `canary deploy --branch BRANCH`',
  ]);
  expect(watch.at(model(QUIET, []), NOW + 1000)).toEqual([]);
});

test('what it waits for: the operation, the end of the step, the judge, a person', () => {
  const { release } = ADVANCING;
  if (!release) throw new Error('the fixture has a release');
  const paused = { ...ADVANCING, release: { ...release, state: 'paused' as const } };
  const late = NOW + 3_600_000;
  const seen = withLook(NOTHING_SEEN, { status: ADVANCING, records: RECORDS });
  const operation = { kind: 'start-proxy', cause: '' } as const;
  const working = withEvent(seen, { type: 'operation-started', operation }, NOW - 5000);
  const far = withEvent(working, { type: 'progress', text: '3 of 9 MB' }, NOW);
  const judged = withEvent(seen, { type: 'judging', text: 'Too few requests.' }, NOW);
  const building = { ...seen, records: RECORDS.slice(0, 2) };
  expect([
    liveModel(far, NOW).doing,
    liveModel(building, NOW).doing,
    liveModel(seen, NOW).waitsFor,
    liveModel(judged, late).waitsFor,
    model(paused).waitsFor,
    model(QUIET).waitsFor,
  ]).toMatchInlineSnapshot(`
    [
      "start the proxy, since 5s: 3 of 9 MB",
      "build frontend at aaaaaaaaaaaa, since 4m59s",
      "the end of the step, then the judge",
      "the judge: Too few requests.",
      "you: resume, promote or abort",
      "",
    ]
  `);
});
