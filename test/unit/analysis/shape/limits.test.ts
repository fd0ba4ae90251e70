import { describe, expect, test } from 'vitest';
import { BODY_LIMIT } from '../../../../src/analysis/shape/answer.ts';
import { describeUnread } from '../../../../src/analysis/shape/describe.ts';
import { compared, json, page } from '../../../support/fixture-answers.ts';

const jsonText = (body: string) => ({ ...json({}), body });

/** As often as the limit of a body lets it be. */
function filled(part: string, of = BODY_LIMIT): string {
  return part.repeat(Math.floor(of / part.length));
}

describe('a body that is not looked into is said', () => {
  test.each([
    ['a larger JSON', jsonText(`"${'x'.repeat(BODY_LIMIT)}"`), ['large']],
    ['in bytes, not characters', jsonText(`"${'ü'.repeat(BODY_LIMIT / 2)}"`), ['large']],
    ['a larger page', page('x'.repeat(BODY_LIMIT)), ['large']],
    ['deeper arrays', jsonText('['.repeat(300) + ']'.repeat(300)), ['deep']],
    ['deeper objects', jsonText(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`), ['deep']],
    ['deeper elements', page('<div>'.repeat(300)), ['deep']],
    [
      'deeper elements at the very end',
      page(`${filled('<p>', 5000)}${'<b>'.repeat(250)}`),
      ['deep'],
    ],
  ])('%s', (_, answer, unread) => {
    expect(compared([json({}), page('')], [answer])).toEqual({
      differences: [],
      isBroken: false,
      unread,
    });
  });

  test('one of the stable too: its noise is not known then', () => {
    const large = jsonText(`"${'x'.repeat(BODY_LIMIT)}"`);
    expect(compared([json({ a: 1 }), large], [json({ b: 1 })])).toMatchObject({
      differences: [],
      unread: ['large'],
    });
  });

  test('in one sentence', () => {
    expect(describeUnread('GET', '/all?key=1', ['large'])).toBe(
      'GET /all?…: only status and content type were compared, the body is larger than 1 MiB.',
    );
    expect(describeUnread('GET', '/all', [])).toBeUndefined();
  });

  test('as many bytes as the limit are looked into', () => {
    const whole = jsonText(`"${'x'.repeat(BODY_LIMIT - 2)}"`);
    expect(compared([whole], [whole]).unread).toEqual([]);
  });
});

describe('the largest body takes no more than seconds', () => {
  const many = Array.from({ length: 40_000 }, (_, index) => `k${index}x`);
  const words = many
    .slice(0, 20_000)
    .map((key) => key.replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit))));
  const numbers = (of: readonly string[]) => json(Object.fromEntries(of.map((key) => [key, 1])));

  test.each([
    ['nested arrays', jsonText(filled('['))],
    ['closed nested arrays', jsonText('['.repeat(BODY_LIMIT / 2) + ']'.repeat(BODY_LIMIT / 2))],
    ['a key of its own in every element', json(many.map((key) => ({ [key]: 1 })))],
    [
      'a map of objects with keys of their own',
      json(Object.fromEntries(many.slice(0, 20_000).map((key) => [key, { a: 1, [`${key}y`]: 1 }]))),
    ],
    ['nested elements', page(filled('<b>', BODY_LIMIT - 200))],
    ['closing tags of nothing', page(`${'<div>'.repeat(190)}${filled('</x>', BODY_LIMIT - 2000)}`)],
    [
      'an open picture',
      page(`<svg>${filled('<g>', BODY_LIMIT / 2)}${filled('</x>', BODY_LIMIT / 3)}`),
    ],
    ['siblings with ids', page(words.map((word) => `<p id="${word}">`).join(''))],
    ['an endless attribute', page(`<p a="${filled('x', BODY_LIMIT - 300)}">`)],
    ['very many attributes', page(`<p ${many.join(' ')}>`)],
    ['an open comment', page(`<!--${filled('<!-', BODY_LIMIT - 300)}`)],
    ['broken tags', page(filled('<a <', BODY_LIMIT - 300))],
  ])('%s', (_, answer) => {
    const other = answer.contentType === 'application/json' ? json({}) : page('');
    compared([answer, other], [other, answer], ['$.k1x', '$.other.*']);
    compared([answer], [other]);
  });

  test('all keys renamed, a hundred of them allowed', () => {
    const before = many.slice(0, 20_000);
    const fresh = before.map((key) => `${key}y`);
    const allowed = fresh.slice(0, 100).map((key) => `$.${key}`);
    expect(compared([numbers(before)], [numbers(fresh)], allowed).differences).toHaveLength(39_900);
  });
});
