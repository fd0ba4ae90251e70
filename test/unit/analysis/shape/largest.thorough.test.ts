import { describe, expect, test } from 'vitest';
import { BODY_LIMIT } from '../../../../src/analysis/shape/answer.ts';
import { compared, filled, json, jsonText, page } from '../../../support/fixture-answers.ts';

describe('the largest body takes at most seconds', () => {
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
