import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  addReading,
  type MetricRule,
  metricOpinion,
  UNMEASURED,
} from '../../../src/analysis/metric.ts';
import type { Reading } from '../../../src/analysis/metric-readings.ts';
import { conditions } from '../../../src/config/values/condition.ts';

const START = new Date('2026-11-21T12:00:00Z');
const minute = (count: number) => new Date(START.getTime() + count * 60_000);

const rule = (change: Partial<MetricRule> = {}): MetricRule => ({
  source: 'prometheus error-rate',
  subject: 'error-rate is',
  pass: conditions.parse('< 0.01'),
  fail: conditions.parse('>= 0.05'),
  failures: 1,
  errors: 2,
  noData: 'wait',
  ...change,
});
/** What is reported after these measurements, one a minute. */
const said = (of: MetricRule, readings: readonly Reading[], since = START) => {
  const state = readings.reduce(
    (before, reading, index) => addReading(of, before, reading, minute(index)),
    UNMEASURED,
  );
  const { result, text } = metricOpinion(of, state, since);
  return [result, text];
};
const value = (number: number): Reading => ({ value: number });
const NO_DATA: Reading = { noData: 'it has no data' };
const WRONG: Reading = { problem: 'no answer within 10000 ms' };

describe('one measurement', () => {
  test.each([
    [value(0.002), 'pass', 'error-rate is 0.002, below 0.01.'],
    [value(0.01), 'wait', 'error-rate is 0.01, neither below 0.01 nor at least 0.05.'],
    [value(0.05), 'fail', 'error-rate is 0.05, at least 0.05.'],
    [value(1 / 3), 'fail', 'error-rate is 0.333333, at least 0.05.'],
    [NO_DATA, 'wait', 'No number yet: it has no data.'],
    [WRONG, 'wait', 'Not measured once, 2 allowed: no answer within 10000 ms.'],
  ])('%j', (reading, result, text) => {
    expect(said(rule(), [reading])).toEqual([result, text]);
  });

  test('is missing: wait', () => {
    expect(said(rule(), [])).toEqual(['wait', 'Nothing was measured yet.']);
  });

  test.each([
    [{ fail: undefined }, value(0.5), 'fail', 'error-rate is 0.5, not below 0.01.'],
    [{ fail: undefined }, value(0), 'pass', 'error-rate is 0, below 0.01.'],
    [{ pass: undefined }, value(0), 'pass', 'error-rate is 0, not at least 0.05.'],
    [{ pass: undefined }, value(0.5), 'fail', 'error-rate is 0.5, at least 0.05.'],
    [
      { pass: conditions.parse(['> 0.9', '<= 1.1']), fail: undefined },
      value(1.2),
      'fail',
      'error-rate is 1.2, not above 0.9 and at most 1.1.',
    ],
    // If both conditions hold, the canary fails.
    [{ pass: conditions.parse('!= 1') }, value(0.5), 'fail', 'error-rate is 0.5, at least 0.05.'],
    [{ pass: conditions.parse('== 0') }, value(0), 'pass', 'error-rate is 0, exactly 0.'],
  ] as const)('with %j, %j', (change, reading, result, text) => {
    expect(said(rule(change), [reading])).toEqual([result, text]);
  });
});

describe('several measurements', () => {
  it('stay a failure once one has failed', () => {
    const readings = [value(0.5), value(0), NO_DATA, WRONG, value(0)];
    expect(said(rule(), readings)).toEqual(['fail', 'error-rate is 0.5, at least 0.05.']);
  });

  it('fail after the required number of bad ones in a row; one without evidence does not reset the count', () => {
    const patient = rule({ failures: 2 });
    expect(said(patient, [value(0.5)])).toEqual([
      'wait',
      'error-rate is 0.5, at least 0.05. 1 of 2 such measurements in a row.',
    ]);
    expect(said(patient, [value(0.5), value(0), value(0.5)])[0]).toBe('wait');
    expect(said(patient, [value(0.5), NO_DATA, WRONG, value(0.6)])).toEqual([
      'fail',
      'error-rate is 0.6, at least 0.05.',
    ]);
  });

  it('are an error after more errors in a row than allowed, until one succeeds', () => {
    expect(said(rule(), [WRONG, WRONG])[0]).toBe('wait');
    const text = 'Not measured 3 times in a row: no answer within 10000 ms.';
    expect(said(rule(), [WRONG, WRONG, WRONG])).toEqual(['error', text]);
    expect(said(rule(), [WRONG, WRONG, NO_DATA, WRONG])[0]).toBe('wait');
    expect(said(rule(), [WRONG, WRONG, WRONG, value(0)])[0]).toBe('pass');
  });

  it('without data are an error if the rule says so', () => {
    const strict = rule({ noData: 'error', errors: 0 });
    expect(said(strict, [NO_DATA])).toEqual(['error', 'Not measured once: it has no data.']);
  });

  it('do not pass by an earlier pass, but fail by an earlier failure', () => {
    expect(said(rule(), [value(0)], minute(1))).toEqual([
      'wait',
      'error-rate is 0, below 0.01. It is measured again for these users.',
    ]);
    expect(said(rule(), [value(0), value(0)], minute(1))[0]).toBe('pass');
    expect(said(rule(), [value(1)], minute(1))[0]).toBe('fail');
  });
});

const anyReading: fc.Arbitrary<Reading> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value),
  fc.constant(NO_DATA),
  fc.constant(WRONG),
);
const anyCondition = fc.option(
  fc
    .tuple(fc.constantFrom('<', '<=', '>', '>=', '==', '!='), fc.integer({ min: -5, max: 5 }))
    .map(([operator, number]) => conditions.parse(`${operator} ${number}`)),
  { nil: undefined },
);

it('a metric passes only if its newest measurement has a number', () => {
  fc.assert(
    fc.property(
      fc.array(anyReading, { maxLength: 8 }),
      anyCondition,
      anyCondition,
      fc.constantFrom('wait', 'error'),
      (readings, pass, fail, noData) => {
        fc.pre(pass !== undefined || fail !== undefined);
        const [result] = said(rule({ pass, fail, noData } as Partial<MetricRule>), readings);
        const newest = readings.at(-1);
        if (!newest || !('value' in newest)) expect(result).not.toBe('pass');
      },
    ),
  );
});
