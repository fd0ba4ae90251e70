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
      expect(parseJournal(journalOf(events))).toEqual({ records: expected, tornBytes: 0 });
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
    'line 1 has the unknown state dancing',
  ],
])('%s is rejected, never guessed', (_, line, problem) => {
  expect(parseJournal(line)).toEqual({ problem });
  const later = journalOf([{ type: 'release-resumed' }]) + line;
  expect(parseJournal(later)).toEqual({ problem: problem.replace('line 1', 'line 2') });
});

test('an empty journal has no records', () => {
  expect(parseJournal('')).toEqual({ records: [], tornBytes: 0 });
});
