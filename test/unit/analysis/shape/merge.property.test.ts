import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answer, mergeShapes, shapeOf } from '../../../../src/analysis/shape/answer.ts';
import { json, page } from '../../../support/fixture-answers.ts';

const tag = fc.constantFrom(
  '<p>',
  '</p>',
  '<ul>',
  '<li>',
  '</ul>',
  '<input name=q>',
  '<b id=x>',
  'y',
);

const shape = fc
  .oneof(
    fc.jsonValue().map((value) => json(value)),
    fc.dictionary(fc.constantFrom('a', 'b', '1'), fc.jsonValue()).map((value) => json(value)),
    fc.array(tag).map((tags) => page(tags.join(''))),
    fc.record<Answer>({
      status: fc.constantFrom(200, 204, 500),
      contentType: fc.constantFrom(undefined, 'application/json', 'text/html', 'text/css', 'x'),
      body: fc.string(),
    }),
  )
  .map(shapeOf);

test('merging is commutative', () => {
  fc.assert(
    fc.property(shape, shape, (one, other) => {
      expect(mergeShapes(one, other)).toEqual(mergeShapes(other, one));
    }),
  );
});

test('merging is associative', () => {
  fc.assert(
    fc.property(shape, shape, shape, (one, two, three) => {
      expect(mergeShapes(mergeShapes(one, two), three)).toEqual(
        mergeShapes(one, mergeShapes(two, three)),
      );
    }),
  );
});

test('merging is idempotent, and merging a part again changes nothing', () => {
  fc.assert(
    fc.property(shape, shape, (one, other) => {
      const both = mergeShapes(one, other);
      expect(mergeShapes(one, one)).toEqual(one);
      expect(mergeShapes(both, other)).toEqual(both);
    }),
  );
});

test('reading the elements of an array together equals merging them', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const [together, first, second] = [[one, other], [one], [other]].map((each) =>
        shapeOf(json(each)),
      );
      if (!together || !first || !second) throw new Error('three shapes');
      expect(together).toEqual(mergeShapes(first, second));
    }),
  );
});
