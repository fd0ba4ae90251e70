import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CheckedAnswer, describeUnmet, unmet } from '../../../src/analysis/check.ts';
import { expectation } from '../../../src/config/sections/expect.ts';

const ANSWER: CheckedAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', 'set-cookie': ['a=1', 'b=2'] },
  body: '{"status":"ok","items":[{"price":1},{"price":2}],"none":null,"deep":{"b":1,"a":[1,2]}}',
  isCut: false,
  ms: 12.3,
};

const problems = (expected: object, answer: Partial<CheckedAnswer> = {}) =>
  unmet(expectation.parse(expected), { ...ANSWER, ...answer });

test.each([
  [{}],
  [{ status: [204, 200] }],
  [{ within: '13ms' }],
  [{ contains: ['"status"', 'price'] }],
  [{ header: { 'Content-Type': 'application/json*', 'X-Debug': false, 'Set-Cookie': 'b=2' } }],
  [{ header: { 'SET-COOKIE': true } }],
  [{ json: { '$.status': 'ok', '$.none': null, '$.deep': { a: [1, 2], b: 1 } } }],
  [{ json: { '$.items': [{ price: 1 }, { price: 2 }] } }],
])('an answer that meets %j has no problem', (expected) => {
  expect(problems(expected)).toEqual([]);
});

test.each<[object, Partial<CheckedAnswer>, string[]]>([
  [{ status: 200 }, { status: 500 }, ['status 500, not 200']],
  [{ status: [200, 204] }, { status: 404 }, ['status 404, not 200 or 204']],
  [{}, { status: 404 }, ['status 404, not below 400']],
  [{ within: '12ms' }, {}, ['answered after 13 ms, not within 12 ms']],
  [{ contains: 'Storedog' }, {}, ['the body does not contain "Storedog"']],
  [{ header: { 'X-A': true } }, {}, ['header X-A is missing']],
  [{ header: { 'X-A': 'b' } }, {}, ['header X-A is missing, not "b"']],
  [{ header: { 'Set-Cookie': false } }, {}, ['header Set-Cookie is there']],
  [{ header: { 'Content-Type': 'text/*' } }, {}, ['header Content-Type is not "text/*"']],
  [
    { header: { 'Content-Type': 'application/json' } },
    {},
    ['header Content-Type is not "application/json"'],
  ],
  [{ json: { '$.status': 'bad' } }, {}, ['$.status is not "bad"']],
  [{ json: { '$.code': 1 } }, {}, ['$.code is missing']],
  [{ json: { '$.items[].price': 1 } }, {}, ['$.items[].price is not 1']],
  [{ json: { '$.none.a': 1 } }, {}, ['$.none.a is missing']],
  [{ json: { '$.constructor': 1 } }, {}, ['$.constructor is missing']],
  [{ json: { $: 1 } }, { body: '<p>' }, ['the body is no JSON']],
  [{ json: { $: 1 } }, { body: '[1', isCut: true }, ['the body is too large to be read as JSON']],
  [
    { status: 201, contains: 'x-y', json: { '$.status': 1 } },
    { status: 200 },
    ['status 200, not 201', 'the body does not contain "x-y"', '$.status is not 1'],
  ],
])('an answer that misses %j is reported: %j', (expected, answer, expectedProblems) => {
  expect(problems(expected, answer)).toEqual(expectedProblems);
});

test('a long expectation is cut short, and nothing in it moves the cursor', () => {
  const [text = ''] = problems({ contains: `\u001b[2J${'x'.repeat(1000)}` });
  expect(text).not.toContain('\u001b');
  expect(text.length).toBeLessThan(300);
});

test('no sentence contains anything of a query, a header or a body', () => {
  const secret = fc.stringMatching(/^[a-z0-9]{12,20}$/).map((text) => `s3cr3t${text}`);
  const expected = fc.record({
    status: fc.constantFrom(200, 404),
    contains: fc.constantFrom('price', 'never there'),
    header: fc.dictionary(
      fc.constantFrom('content-type', 'x-token'),
      fc.constantFrom(true, false, 'a', 'b*'),
    ),
    json: fc.dictionary(
      fc.constantFrom('$.status', '$.items[].price', '$.none', '$'),
      fc.jsonValue(),
    ),
  });
  fc.assert(
    fc.property(expected, secret, fc.boolean(), (each, hidden, isJson) => {
      const phrases = problems(each, {
        headers: { 'content-type': hidden, 'x-token': [hidden, 'a'] },
        body: isJson ? JSON.stringify({ status: hidden, items: [{ price: hidden }] }) : hidden,
      });
      const sentence = describeUnmet('GET', `/a?token=${hidden}#${hidden}`, phrases);
      expect(sentence).toMatch(/^GET \/a\?…: /);
      expect(sentence).not.toContain('s3cr3t');
    }),
  );
});
