import { expect, test } from 'vitest';
import { allow } from '../../../src/config/sections/shape.ts';

const key = (name: string) => ({ kind: 'key', name });
const elements = { kind: 'elements' };
const any = { kind: 'any' };

test.each([
  ['$', 'json', []],
  ['$[].coupon', 'json', [elements, key('coupon')]],
  ['$.items[*].price', 'json', [key('items'), elements, key('price')]],
  ['$.prices.*.user-id', 'json', [key('prices'), any, key('user-id')]],
  ['$["a \\"b\\""][\'c]d\']', 'json', [key('a "b"'), key('c]d')]],
  ['$.größe', 'json', [key('größe')]],
  ['main > form > input[name=q]', 'html', [key('main'), key('form'), key('input[name=q]')]],
  ['html > body > div#cart', 'html', [key('div#cart')]],
  ['body > main > *', 'html', [key('main'), any]],
  ['head > meta', 'html', [key('head'), key('meta')]],
  ['body', 'html', [key('body')]],
])('%s is a path', (text, body, parts) => {
  expect(allow.parse([text])).toEqual([{ body, parts }]);
});

test.each([
  '',
  'coupon',
  'code',
  '.coupon',
  '[].coupon',
  '$coupon',
  '$.',
  '$.items[0]',
  '$..price',
  '$.a b',
  '$["a]',
  '$["\\x"]',
  '$.a[?(@.b)]',
  'main>form',
  'main > ',
  'main > .card',
  'Main Form',
  `$.${'x'.repeat(500)}`,
])('%s is not a path', (text) => {
  expect(allow.safeParse([text]).success).toBe(false);
});

test('the message shows an example of a path', () => {
  expect(allow.safeParse(['coupon']).error?.issues).toMatchObject([
    {
      path: [0],
      message: 'is not a path such as `$[].coupon`, `$.items[*].price` or `main > form`',
    },
  ]);
});
