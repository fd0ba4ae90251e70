import fc from 'fast-check';
import { expect, test } from 'vitest';
import { combine, sentence } from '../../../src/analysis/combine.ts';
import type { Opinion } from '../../../src/analysis/opinion.ts';

const opinion = fc.record({
  source: fc.constantFrom('requests', 'shape', 'check GET /'),
  result: fc.constantFrom('pass', 'fail', 'wait', 'error'),
  text: fc.constantFrom('One.', 'Two.'),
}) satisfies fc.Arbitrary<Opinion>;

test('the result passes only if every source passes, and fails if any fails', () => {
  fc.assert(
    fc.property(fc.array(opinion, { minLength: 1 }), (opinions) => {
      const { result, opinions: kept } = combine(opinions);
      const has = (each: Opinion['result']) => opinions.some((one) => one.result === each);
      expect(result === 'pass').toBe(opinions.every((one) => one.result === 'pass'));
      expect(result === 'fail').toBe(has('fail'));
      expect(result === 'error').toBe(!has('fail') && has('error'));
      expect(kept).toEqual(opinions.filter((one) => one.result === result));
    }),
  );
});

test('the first sentence is shown, the others are counted', () => {
  const bad = (text: string): Opinion => ({ source: 'shape', result: 'fail', text });
  expect(sentence(combine([bad('It broke.')]))).toBe('It broke.');
  expect(sentence(combine([bad('It broke.'), bad('More.')]))).toBe('It broke (and 1 more).');
});
