import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../src/proxy/counts.ts';
import type { ReleaseEvent } from '../../../src/rollout/events.ts';
import { formatRecord, parseJournal } from '../../../src/rollout/journal.ts';
import { NEW } from '../../support/fixture-observed.ts';

const AT = new Date('2026-03-01T12:00:00.000Z');

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const event: fc.Arbitrary<ReleaseEvent> = fc.oneof(
  fc.record({
    type: fc.constant('weight-set' as const),
    weight: fc.nat(100),
    counts: fc.constant(NO_COUNTS),
  }),
  fc.record({
    type: fc.constant('state-changed' as const),
    state: fc.constantFrom('building' as const, 'paused' as const, 'reverted' as const),
    reason: text,
  }),
  fc.record({
    type: fc.constant('commit-made' as const),
    branch: text,
    commit: fc.constant(NEW),
    subject: text,
  }),
);

const journalOf = (events: readonly ReleaseEvent[]) =>
  events.map((each) => formatRecord(each, AT)).join('');

test('events are read back as written, whatever their text', () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const expected = events.map((each) => ({ v: 1, at: AT.toISOString(), ...each }));
      expect(parseJournal(journalOf(events))).toEqual({
        records: expected,
        problems: [],
        tornBytes: 0,
      });
    }),
  );
});

test('a record is one line', () => {
  const reason = 'first\nsecond\u2028third';
  expect(
    formatRecord({ type: 'state-changed', state: 'failed', reason }, AT).match(/\n/g),
  ).toHaveLength(1);
});

test('a journal cut off at any character keeps every complete record', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), fc.nat(), (events, at) => {
      const whole = journalOf(events);
      const cut = whole.slice(0, at % (whole.length + 1));
      const kept = cut.split('\n').length - 1;
      const tail = cut.slice(cut.lastIndexOf('\n') + 1);
      expect(parseJournal(cut)).toEqual({
        records: events.slice(0, kept).map((each) => ({ v: 1, at: AT.toISOString(), ...each })),
        problems: [],
        tornBytes: Buffer.byteLength(tail),
      });
    }),
  );
});

test.each([
  ['a line that is no JSON', 'nonsense\n', 'line 1 is not a journal record'],
  ['JSON that is no record', '[1]\n', 'line 1 is not a journal record'],
  [
    'a record without a time',
    '{"v":1,"type":"release-resumed"}\n',
    'line 1 is not a journal record',
  ],
  [
    'a record of another version',
    '{"v":2,"at":"2026-03-01T12:00:00.000Z","type":"release-resumed"}\n',
    'line 1 has version 2, not 1',
  ],
  [
    'a state of a newer program',
    '{"v":1,"at":"2026-03-01T12:00:00.000Z","type":"state-changed","state":"dancing"}\n',
    'line 1 is no state-changed record: state is not valid',
  ],
  [
    'a weight that is no number',
    '{"v":1,"at":"2026-03-01T12:00:00.000Z","type":"weight-set","weight":"5"}\n',
    'line 1 is no weight-set record: weight is not valid',
  ],
  ...[
    ['steps-begun', { strategy: 'canary', steps: [{ weight: 101, for: 1 }] }, 'steps.0.weight'],
    ['steps-begun', { strategy: 'canary', steps: [{ weight: 5, for: 8.64e15 }] }, 'steps.0.for'],
    ['step-begun', { index: 0, step: { weight: -1, for: 1 } }, 'step.weight'],
    ['release-paused', { weight: 1e308 }, 'weight'],
    ['weight-set', { weight: -0.5 }, 'weight'],
  ].map(([type, fields, at]): [string, string, string] => [
    `a number that neither proxy nor clock takes, in ${type} ${JSON.stringify(fields)}`,
    `${JSON.stringify({ v: 1, at: AT.toISOString(), type, ...(fields as object) })}\n`,
    `line 1 is no ${type} record: ${at} is not valid`,
  ]),
  [
    'a promotion without the images of before',
    '{"v":1,"at":"2026-03-01T12:00:00.000Z","type":"stable-replacing","from":"a","commit":"b"}\n',
    'line 1 is no stable-replacing record: previous is not valid',
  ],
])('%s is set aside and named, never guessed; every other record is kept', (_, line, problem) => {
  expect(parseJournal(line)).toEqual({ records: [], problems: [problem], tornBytes: 0 });
  const one = journalOf([{ type: 'release-resumed' }]);
  const { records } = parseJournal(one + one);
  expect(parseJournal(one + line + one)).toEqual({
    records,
    problems: [problem.replace('line 1', 'line 2')],
    tornBytes: 0,
  });
});

test('a record of a kind that only a newer program knows is kept', () => {
  const line = '{"v":1,"at":"2026-03-01T12:00:00.000Z","type":"moon-phase","phase":"full"}\n';
  expect(parseJournal(line)).toMatchObject({ records: [{ phase: 'full' }], problems: [] });
});

test('an empty journal has no records', () => {
  expect(parseJournal('')).toEqual({ records: [], problems: [], tornBytes: 0 });
});
