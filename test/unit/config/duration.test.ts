import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/config/values/duration.ts';

test.each([
  ['0s', 0],
  ['500ms', 500],
  ['30s', 30_000],
  ['1m30s', 90_000],
  ['2h', 7_200_000],
  ['1.5s', 1500],
  ['1h2m3s4ms', 3_723_004],
  ['14d', 1_209_600_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '30', 's', '30 s', '-1s', '1w', '1s ', '1S', '.5s', '1.s', '1e3s', '1s\n'])(
  '%j is not a duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('minutes and seconds add up', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), (minutes, seconds) => {
      expect(parseDuration(`${minutes}m${seconds}s`)).toBe((minutes * 60 + seconds) * 1000);
    }),
  );
});

test('a duration is written as it is read', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000_000), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
  expect(formatDuration(1_209_600_000)).toBe('14d');
  expect(formatDuration(90_000)).toBe('1m30s');
});
