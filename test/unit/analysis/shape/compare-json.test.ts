import { describe, expect, test } from 'vitest';
import { describeDifferences } from '../../../../src/analysis/shape/describe.ts';
import { compared, differencesOf, json } from '../../../support/fixture-answers.ts';

const discounts = [
  { id: 1, name: 'Wet noses', code: 'SNIFF', value: 5 },
  { id: 2, name: 'Muddy paws', code: 'BATHTIME', value: 25 },
];
const renamed = discounts.map(({ code, ...others }) => ({ ...others, coupon: code }));
const described = discounts.map((each) => ({ ...each, description: `${each.value} % off` }));
const ads = [
  { id: 7, name: 'Leashes', text: 'Long leashes for long walks', link: '/leashes' },
  { id: 8, name: 'Bowls', text: 'Bowls that do not slide', link: '/bowls' },
];

describe('the discounts of Storedog', () => {
  test('a renamed key is reported in one sentence', () => {
    const { differences, isBroken } = compared([json(discounts)], [json(renamed)]);
    expect(isBroken).toBe(true);
    expect(describeDifferences('GET', '/discount', differences)).toBe(
      'GET /discount: $[].code is missing on the canary, $[].coupon is new.',
    );
    expect(differences).toEqual([
      {
        path: '$[].code',
        kind: 'missing',
        severity: 'breaking',
        stable: 'string',
        canary: 'missing',
      },
      {
        path: '$[].coupon',
        kind: 'new',
        severity: 'additive',
        stable: 'missing',
        canary: 'string',
      },
    ]);
  });

  test('declaring the new name also allows the key it replaces', () => {
    expect(differencesOf([json(discounts)], [json(renamed)], ['$[].coupon'])).toEqual([]);
  });

  test('a new key alone is reported and does not fail', () => {
    const { differences, isBroken } = compared([json(discounts)], [json(described)]);
    expect(isBroken).toBe(false);
    expect(differences).toMatchObject([{ path: '$[].description', severity: 'additive' }]);
  });

  test('a different number of other advertisements is no difference', () => {
    expect(differencesOf([json(ads)], [json(ads.slice(1))])).toEqual([]);
  });
});

test.each([
  ['a text for a number', { value: 5 }, { value: '5' }, ['type $.value']],
  ['an object for an array', { items: [1] }, { items: { first: 1 } }, ['type $.items']],
  ['null where it never was', { a: { b: 'text' } }, { a: { b: null } }, ['nullness $.a.b']],
  ['a key of some elements', [{ a: 1, b: 1 }], [{ a: 1, b: 1 }, { a: 1 }], ['missing $[].b']],
  ['another type of some elements', [{ a: 1 }], [{ a: 1 }, { a: 'x' }], ['type $[].a']],
  ['keys that need quotes', { 'a b': { 'c"': 1 } }, { 'a b': {} }, ['missing $["a b"]["c\\""]']],
  ['arrays in arrays', [[{ a: 1 }]], [[{}]], ['missing $[][].a']],
  ['an own key called like one', JSON.parse('{"__proto__":1}'), {}, ['missing $.__proto__']],
  ['only the top of what is missing', { a: { b: { c: 1 } } }, {}, ['missing $.a']],
])('%s', (_, stable, canary, found) => {
  expect(differencesOf([json(stable)], [json(canary)])).toEqual(found);
});

test.each([
  ['an empty array fits any', { a: [{ b: 1 }] }, { a: [] }],
  ['any fits an empty array', { a: [] }, { a: [{ b: 1 }] }],
  ['null alone may be anything elsewhere', { a: null }, { a: { b: 1 } }],
  ['whole and broken numbers are numbers', { a: 1 }, { a: 1.5 }],
])('%s', (_, stable, canary) => {
  expect(differencesOf([json(stable)], [json(canary)])).toEqual([]);
});

describe('the noise of the stable', () => {
  test.each([
    ['a key that is sometimes there', [{ a: 1, b: 1 }, { a: 1 }], { a: 1 }],
    ['a type that varies', [{ a: 1 }, { a: 'x' }], { a: 'y' }],
    ['null or not', [{ a: 1 }, { a: null }], { a: null }],
    ['an array that is sometimes empty', [{ a: [] }, { a: [1] }], { a: [] }],
    ['scalar or object', [{ a: 1 }, { a: { b: 1 } }], { a: { b: 2 } }],
  ])('%s', (_, stable, canary) => {
    const answers = stable.map((each) => json(each));
    expect(differencesOf(answers, [json(canary)])).toEqual([]);
  });

  test('a status that varies does not hide what is missing from the other status', () => {
    const stable = [json({ a: 1, b: 1 }), json({ error: 'busy' }, 503), json({ a: 2, b: 2 })];
    expect(differencesOf(stable, [json({ error: 'busy' }, 503)])).toEqual([]);
    expect(differencesOf(stable, [json({ a: 1 })])).toEqual(['missing $.b']);
  });

  test('what the stable never answered is a difference, however noisy the place', () => {
    expect(differencesOf([json({ a: 1 }), json({ a: 'x' })], [json({ a: [] })])).toEqual([
      'type $.a',
    ]);
  });
});

describe('maps', () => {
  const price = (amount: number) => ({ amount, currency: 'EUR' });

  test('keys that are ids count as one entry', () => {
    const stable = json({ prices: { 17: price(1), 18: price(2) } });
    expect(differencesOf([stable], [json({ prices: { 99: price(3) } })])).toEqual([]);
    expect(differencesOf([stable], [json({ prices: { 99: { amount: 3 } } })])).toEqual([
      'missing $.prices.*.currency',
    ]);
  });

  test('keys that vary between answers of the stable count as one entry', () => {
    const stable = [json({ carts: { ann: price(1) } }), json({ carts: { bob: price(1) } })];
    expect(differencesOf(stable, [json({ carts: { eve: price(1), joe: price(2) } })])).toEqual([]);
    expect(differencesOf(stable, [json({ carts: { eve: { amount: 1 } } })])).toEqual([
      'missing $.carts.*.currency',
    ]);
  });

  test('one of many similar keys may be missing if they vary', () => {
    const names = Array.from({ length: 30 }, (_, index) => `rope${'x'.repeat(index)}`);
    const stock = (of: string[]) => json(Object.fromEntries(of.map((name) => [name, price(1)])));
    expect(differencesOf([stock(names), stock(names.slice(1))], [stock(names.slice(2))])).toEqual(
      [],
    );
    expect(differencesOf([stock(names)], [stock(names.slice(1))])).toEqual(['missing $.rope']);
  });

  test('a few keys that vary do not turn the others into a map', () => {
    const dog = { name: 'Rex', breed: 'Corgi', owner: 'Ann' };
    const stable = [json({ ...dog, chip: 'a' }), json({ ...dog, vet: 'b' })];
    expect(differencesOf(stable, [json({ name: 'Rex', breed: 'Corgi' })])).toEqual([
      'missing $.owner',
    ]);
  });

  test('variants with different values are no map', () => {
    const stable = [json({ dog: { legs: 4 } }), json({ cat: { lives: 9 } })];
    expect(differencesOf(stable, [json({ dog: {} })])).toEqual(['missing $.dog.legs']);
  });
});

describe('the answer as a whole', () => {
  const html = { status: 200, contentType: 'text/html', body: '<p>Oops' };
  const torn = { ...json({}), body: '{"a":' };

  test.each([
    ['a status the stable never gave', [json({})], [json({}, 500)], ['status']],
    ['another content type', [json({})], [html], ['content-type']],
    ['no content type', [json({})], [{ ...html, contentType: undefined }], ['content-type']],
    [
      'parameters of the type',
      [json({})],
      [{ ...json({}), contentType: 'Application/JSON;a=b' }],
      [],
    ],
    ['what is not JSON', [json({})], [torn], ['invalid']],
    ['what the stable does not write well either', [json({}), torn], [torn], []],
    [
      'an empty body where the status has none',
      [json({}, 204)],
      [{ ...json({}, 204), body: '' }],
      [],
    ],
    ['an empty body elsewhere', [json({})], [{ ...json({}), body: '' }], ['invalid']],
    [
      'other types are not looked into',
      [{ ...html, contentType: 'text/css' }],
      [{ ...html, contentType: 'text/css', body: '' }],
      [],
    ],
    [
      'problem+json is JSON',
      [{ ...json({ a: 1 }), contentType: 'application/problem+json' }],
      [{ ...json({}), contentType: 'application/problem+json' }],
      ['missing $.a'],
    ],
    ['a byte order mark', [json({ a: 1 })], [{ ...json({}), body: '\uFEFF{"a":2}' }], []],
  ])('%s', (_, stable, canary, found) => {
    expect(differencesOf(stable, canary)).toEqual(found);
  });
});
