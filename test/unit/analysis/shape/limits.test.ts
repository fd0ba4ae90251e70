import { describe, expect, test } from 'vitest';
import { BODY_LIMIT } from '../../../../src/analysis/shape/answer.ts';
import { describeUnread } from '../../../../src/analysis/shape/describe.ts';
import { compared, filled, json, jsonText, page } from '../../../support/fixture-answers.ts';

describe('a body that is not compared is reported', () => {
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

  test('also one of the stable, whose noise is then unknown', () => {
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

  test('except one of exactly the limit in bytes, which is compared', () => {
    const whole = jsonText(`"${'x'.repeat(BODY_LIMIT - 2)}"`);
    expect(compared([whole], [whole]).unread).toEqual([]);
  });
});
