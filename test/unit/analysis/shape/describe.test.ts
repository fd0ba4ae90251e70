import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../../src/analysis/shape/answer.ts';
import { describeDifferences } from '../../../../src/analysis/shape/describe.ts';
import { compared, json, page } from '../../../support/fixture-answers.ts';

function sentence(stable: Answer, canary: readonly Answer[], path = '/x'): string {
  return describeDifferences('GET', path, compared([stable], canary).differences);
}

test.each([
  ['a new key alone', { a: 1 }, [{ a: 1, b: 1 }], '$.b is new on the canary'],
  ['sometimes missing', { a: 1 }, [{ a: 1 }, {}], '$.a is sometimes missing on the canary'],
  ['another type', { a: 1 }, [{ a: 'x' }], '$.a is a string on the canary instead of a number'],
  [
    'several types',
    { a: [] },
    [{ a: {} }, { a: null }, { a: [] }],
    '$.a is an object or an array or null on the canary instead of an array',
  ],
  ['null', { a: 1 }, [{ a: null }], '$.a is null on the canary'],
  ['null among others', { a: 1 }, [{ a: null }, { a: 2 }], '$.a is sometimes null on the canary'],
  [
    'two objects',
    { a: { b: 1 }, c: 1 },
    [{ a: {}, c: 'x' }],
    '$.a.b is missing on the canary, $.c is a string instead of a number',
  ],
  ['no difference', { a: 1 }, [{ a: 2 }], 'no difference of structure'],
])('%s', (_, stable, canary, told) => {
  const answers = canary.map((each) => json(each));
  expect(sentence(json(stable), answers)).toBe(`GET /x: ${told}.`);
});

test.each([
  ['a status', json({}, 500), 'the status is 500 on the canary instead of 200'],
  ['a page', page(''), 'the content type is text/html on the canary instead of application/json'],
  [
    'no type',
    { ...json({}), contentType: undefined },
    'the content type is none on the canary instead of application/json',
  ],
  ['torn JSON', { ...json({}), body: '{' }, 'the body is not valid JSON on the canary'],
])('%s', (_, canary, told) => {
  expect(sentence(json({}), [canary])).toBe(`GET /x: ${told}.`);
});

describe('many differences', () => {
  const [first = {}, ...later] = Array.from({ length: 15 }, (_, index) => ({
    [`${'abcdefghijklmno'.charAt(index)}`]: 1,
  }));
  const all = Object.assign({}, first, ...later);

  test('three are named and the others counted', () => {
    expect(sentence(json(all), [json({})])).toBe(
      'GET /x: $.a is missing on the canary, $.b is missing, $.c is missing, and 12 more.',
    );
  });

  test('breaking ones come first, with new keys of the same object', () => {
    const stable = json({ one: { a: 1 }, two: { a: 1 } });
    const canary = json({ extra: 1, one: { a: 1, b: 1 }, two: { c: 1 } });
    expect(sentence(stable, [canary])).toBe(
      'GET /x: $.two.a is missing on the canary, $.two.c is new, $.extra is new, and 1 more.',
    );
  });
});

test('the query is left out, and nothing moves the cursor', () => {
  expect(sentence(json({}), [json({ '\u001b[2J\u202e\u009b': 1 })], '/a\u001bb?token=secret')).toBe(
    'GET /a\\u001bb?…: $["\\u001b[2J\\u202e\\u009b"] is new on the canary.',
  );
});
