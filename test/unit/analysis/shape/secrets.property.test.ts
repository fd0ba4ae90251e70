import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answer, shapeOf } from '../../../../src/analysis/shape/answer.ts';
import { describeDifferences, describeUnread } from '../../../../src/analysis/shape/describe.ts';
import { compared, json, page } from '../../../support/fixture-answers.ts';
import { answerOf, MARK, schema } from '../../../support/fixture-arbitrary-answers.ts';

/** Everything that a comparison of two answers outputs. */
function outputOf(stable: Answer, canary: Answer): string {
  const comparison = compared([stable], [canary]);
  const sentences = [
    describeDifferences('GET', `/discount?token=${MARK}`, comparison.differences),
    describeUnread('GET', `/discount#${MARK}`, comparison.unread),
  ];
  const everything = [shapeOf(stable), shapeOf(canary), comparison, sentences];
  return inspect(everything, { depth: Infinity, maxArrayLength: null, maxStringLength: null });
}

function scalarsIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(scalarsIn);
  return [String(value)];
}

test('no value of a JSON answer is in a shape or a sentence', () => {
  const value = schema.chain(answerOf);
  fc.assert(
    fc.property(value, value, (stable, canary) => {
      const output = outputOf(json(stable), json(canary));
      const secrets = [...scalarsIn(stable), ...scalarsIn(canary)];
      expect(output).not.toContain(MARK);
      const numbers = secrets.filter((each) => /^\d{4,}/.test(each));
      expect(numbers.filter((each) => output.includes(each))).toEqual([]);
    }),
  );
});

test('no text, no attribute and no broken tag of a page is in a shape or a sentence', () => {
  const part = fc.constantFrom(
    MARK,
    `<p class="${MARK}">`,
    `<a href="/${MARK}">${MARK}</a>`,
    `<input name=q value="${MARK}">`,
    `<x${MARK}>`,
    `<!-- ${MARK} -->`,
    `<script>${MARK}</script>`,
    '</p>',
  );
  const body = fc.array(part).map((parts) => page(parts.join('')));
  fc.assert(
    fc.property(body, body, (stable, canary) => {
      expect(outputOf(stable, canary)).not.toContain(MARK);
    }),
  );
});

test('keys that are data are not kept', () => {
  const secrets = ['4111111111111111', 'ann@dogs.example', 'cus_9s6XKzkNRiz8i3', 'x'.repeat(65)];
  const output = outputOf(json({}), json(Object.fromEntries(secrets.map((key) => [key, 1]))));
  expect(secrets.filter((each) => output.includes(each))).toEqual([]);
  expect(output).toContain('$.*');
});

test('an invalid content type is not kept', () => {
  const odd = { ...json({}), contentType: `${MARK} / ${MARK}` };
  expect(outputOf(json({}), odd)).not.toContain(MARK);
});
