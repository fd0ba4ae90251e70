import { describe, expect, test } from 'vitest';
import { differencesOf, json, page } from '../../../support/fixture-answers.ts';

describe('declared changes', () => {
  const stable = json({ items: [{ price: 1, tags: { a: 'x' } }] });

  test.each([
    ['the place itself', ['$.items[*].price'], []],
    ['a place above', ['$.items'], []],
    ['any key', ['$.items[].*'], []],
    ['everything', ['$'], []],
    ['a place below', ['$.items[].price.amount'], ['type $.items[].price']],
    ['another place', ['$.price'], ['type $.items[].price']],
    ['elements are no keys', ['$.*.*.price'], ['type $.items[].price']],
  ])('%s', (_, allowed, found) => {
    const canary = json({ items: [{ price: { amount: 1 }, tags: { a: 'x' } }] });
    expect(differencesOf([stable], [canary], allowed)).toEqual(found);
  });

  test('status, content type and invalid JSON cannot be declared', () => {
    const torn = { ...json({}), body: '{' };
    expect(differencesOf([json({})], [json({}, 500)], ['$'])).toEqual(['status']);
    expect(differencesOf([json({})], [torn], ['$'])).toEqual(['invalid']);
  });

  test('an element of a page can be declared', () => {
    const [before, after] = [page('<main><p>Hello</main>'), page('<main></main>')];
    expect(differencesOf([before], [after], ['main > p'])).toEqual([]);
    expect(differencesOf([before], [after], ['html > body > main > *'])).toEqual([]);
    for (const other of ['aside > p', '$', '$.main.p'])
      expect(differencesOf([before], [after], [other])).toEqual(['missing main > p']);
  });
});

describe('declaring a new name allows the key it replaces', () => {
  const allowed = ['$.coupon'];

  test.each([
    ['with the same shape', { code: 'A' }, { coupon: 'B' }, []],
    [
      'beside a key of another shape that is missing',
      { code: 'A', value: 1 },
      { coupon: 'B' },
      ['missing $.value'],
    ],
    ['not with another shape', { code: 1 }, { coupon: 'B' }, ['missing $.code']],
    [
      'not when two keys of the shape are gone',
      { code: 'A', name: 'B' },
      { coupon: 'B' },
      ['missing $.code', 'missing $.name'],
    ],
    [
      'not when two keys of the shape are new',
      { code: 'A' },
      { coupon: 'B', other: 'C' },
      ['missing $.code', 'new $.other'],
    ],
    [
      'not one that is only sometimes missing',
      [{ code: 'A' }],
      [{ code: 'A' }, { coupon: 'A' }],
      ['missing $[].code'],
    ],
    ['not in another object', { a: { code: 'A' } }, { a: {}, coupon: 'A' }, ['missing $.a.code']],
    ['with nested shapes', { code: { a: [1] } }, { coupon: { a: [2, 3] } }, []],
  ])('%s', (_, stable, canary, found) => {
    expect(differencesOf([json(stable)], [json(canary)], [...allowed, '$[].coupon'])).toEqual(
      found,
    );
  });

  test('only if the new name is declared', () => {
    expect(differencesOf([json({ code: 'A' })], [json({ coupon: 'A' })], ['$.name'])).toEqual([
      'missing $.code',
      'new $.coupon',
    ]);
  });
});
