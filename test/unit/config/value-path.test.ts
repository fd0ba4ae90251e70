import { expect, test } from 'vitest';
import { readAnswerPath } from '../../../src/config/values/answer-path.ts';
import { valueAt, valuePath } from '../../../src/config/values/value-path.ts';

const at = (path: string, value: unknown) => valueAt(value, valuePath.parse(path));
const DATADOG = {
  series: [
    {
      pointlist: [
        [1, 0.1],
        [2, 0.2],
      ],
    },
  ],
  'a b': { null: null },
};

test.each([
  ['$.series[0].pointlist[-1][1]', 0.2],
  ['$.series[0].pointlist[0][1]', 0.1],
  ['$["a b"].null', null],
  ["$['a b']['null']", null],
  ['$.series[1].pointlist[-1][1]', undefined],
  ['$.series[-2]', undefined],
  ['$.series.length', undefined],
  ['$.constructor', undefined],
  ['$.__proto__', undefined],
  ['$["a b"].null.more', undefined],
])('%s', (path, expected) => {
  expect(at(path, DATADOG)).toEqual(expected);
});

test('$ is the whole answer', () => {
  expect(at('$', 5)).toBe(5);
});

test.each(['', 'series', '$.', '$[]', '$[*]', '$.*', '$[1.5]', '$[--1]', '$ .a', '$.a[x]'])(
  '%j is rejected',
  (path) => {
    expect(valuePath.safeParse(path).success).toBe(false);
  },
);

test('a declared change of answers cannot name a single element', () => {
  expect(readAnswerPath('$.items[0].price')).toBeUndefined();
});
