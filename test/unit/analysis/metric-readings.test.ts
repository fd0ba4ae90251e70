import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  prometheusProblem,
  readJson,
  readLastLine,
  readPrometheus,
} from '../../../src/analysis/metric-readings.ts';

const NO_DATA = { noData: 'it has no data' };
const NO_NUMBER = { problem: 'what is there is no number' };
const VALUE = [{ kind: 'key', name: 'value' }] as const;

describe('JSON', () => {
  test.each([
    ['{"value":0.25}', { value: 0.25 }],
    ['{"value":"1e-3"}', { value: 0.001 }],
    ['{}', NO_DATA],
    ['[]', NO_DATA],
    ['null', NO_DATA],
    ['{"value":null}', NO_DATA],
    ['{"value":""}', NO_DATA],
    ['{"value":"NaN"}', NO_DATA],
    ['{"value":"+Inf"}', NO_DATA],
    ['{"value":1e999}', NO_DATA],
    ['{"value":"1e999"}', NO_DATA],
    ['{"value":true}', NO_NUMBER],
    ['{"value":[1]}', NO_NUMBER],
    ['{"value":"0x10"}', NO_NUMBER],
    ['{"value":"1 %"}', NO_NUMBER],
    ['', { problem: 'the answer is no JSON' }],
    ['<html>', { problem: 'the answer is no JSON' }],
  ])('%s', (body, expected) => {
    expect(readJson(body, VALUE)).toEqual(expected);
  });

  it('gives a finite number or none, whatever the answer is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        for (const reading of [readJson(body, []), readPrometheus(body), readLastLine(body)])
          expect('value' in reading ? Number.isFinite(reading.value) : true).toBe(true);
      }),
    );
  });
});

describe('Prometheus', () => {
  const answer = (resultType: string, result: unknown) =>
    JSON.stringify({ status: 'success', data: { resultType, result } });

  test.each([
    [answer('vector', [{ metric: {}, value: [1700000000, '0.05'] }]), { value: 0.05 }],
    [answer('scalar', [1700000000, '7']), { value: 7 }],
    [answer('vector', []), NO_DATA],
    [answer('vector', [{ metric: {}, value: [1700000000, 'NaN'] }]), NO_DATA],
    [answer('vector', [{ metric: {}, histogram: [1, {}] }]), NO_DATA],
    [
      answer('vector', [{ value: [1, '0'] }, { value: [1, '1'] }]),
      { problem: 'the query gives 2 series, not one; a `sum()` makes one' },
    ],
    [answer('matrix', []), { problem: 'the query gives neither a vector nor a scalar' }],
    [answer('vector', 'x'), { problem: 'the query gives neither a vector nor a scalar' }],
    ['{"status":"error","error":"too slow"}', { problem: 'too slow' }],
    ['null', { problem: 'the answer is not one of Prometheus' }],
    ['{}', { problem: 'the answer is not one of Prometheus' }],
  ])('%s', (body, expected) => {
    expect(readPrometheus(body)).toEqual(expected);
  });

  it('cannot move the cursor by its error message', () => {
    const body = JSON.stringify({ error: `parse\n\u001b[2J${'x'.repeat(400)}` });
    expect(prometheusProblem(body)).toMatch(/^parse\\u000a\\u001b\[2Jx{290}$/);
  });
});

describe('the last line of a command', () => {
  test.each([
    ['checking\n 0.25 \n\n', { value: 0.25 }],
    ['0.25', { value: 0.25 }],
    ['', { noData: 'it wrote nothing' }],
    ['NaN\n', NO_DATA],
    ['0.1\ndone\n', { problem: 'its last line is no number' }],
  ])('%j', (output, expected) => {
    expect(readLastLine(output)).toEqual(expected);
  });
});
