import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writePath } from '../../../../src/analysis/shape/path.ts';
import type { PathPart } from '../../../../src/config/values/answer-path.ts';
import { compared, differencesOf, json } from '../../../support/fixture-answers.ts';
import {
  answerOf,
  name,
  type Place,
  placesIn,
  retyped,
  type Schema,
  schema,
  scrambled,
} from '../../../support/fixture-arbitrary-answers.ts';

const schemaWithKeys = schema.filter((each) => placesIn(each).length > 0);

/** A schema, one of its keys, and another name for that key. */
const schemaAndPlace = schemaWithKeys
  .chain((each) => fc.tuple(fc.constant(each), fc.constantFrom(...placesIn(each)), name))
  .filter(([, { siblings }, fresh]) => !siblings.includes(fresh));

/** Answers of several structures; where they differ is the noise of a service. */
const noisyAnswers = fc.array(
  fc.oneof(
    schema.chain(answerOf),
    fc.jsonValue({ maxDepth: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '1', '2'), fc.jsonValue({ maxDepth: 2 })),
  ),
  { minLength: 2, maxLength: 5 },
);

function answers(of: Schema) {
  return fc.array(
    answerOf(of).map((value) => json(value)),
    { minLength: 1, maxLength: 3 },
  );
}

function pathOf({ parts }: Place, key: string): string {
  const last: PathPart = { kind: 'key', name: key };
  return writePath({ body: 'json', parts: [...parts, last] });
}

test('different values, array lengths and key orders are no difference', () => {
  const sides = schema.chain((each) => fc.tuple(answers(each), answers(each)));
  fc.assert(
    fc.property(sides, ([stable, canary]) => {
      expect(differencesOf(stable, canary)).toEqual([]);
    }),
  );
});

test('noise of the stable is no difference', () => {
  const sides = noisyAnswers.chain((stable) =>
    fc.tuple(
      fc.constant(stable),
      fc.subarray(stable, { minLength: 1 }).chain((some) => fc.tuple(...some.map(scrambled))),
    ),
  );
  fc.assert(
    fc.property(sides, ([stable, canary]) => {
      const found = differencesOf(
        stable.map((each) => json(each)),
        canary.map((each) => json(each)),
      );
      expect(found).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a key that the canary renamed is found, and allowed by declaring its new name', () => {
  const cases = schemaAndPlace.chain(([each, place, fresh]) =>
    fc.record({
      place: fc.constant(place),
      fresh: fc.constant(fresh),
      stable: answers(each),
      canary: answers(place.replace([[fresh, place.value]])),
    }),
  );
  fc.assert(
    fc.property(cases, ({ place, fresh, stable, canary }) => {
      const [before, after] = [pathOf(place, place.name), pathOf(place, fresh)];
      expect(differencesOf(stable, canary)).toEqual([`missing ${before}`, `new ${after}`]);
      expect(differencesOf(stable, canary, [after])).toEqual([]);
      expect(differencesOf(stable, canary, [before])).toEqual([`new ${after}`]);
    }),
  );
});

test('a key that the canary drops is found', () => {
  const cases = schemaAndPlace.chain(([each, place]) =>
    fc.tuple(fc.constant(place), answers(each), answers(place.replace([]))),
  );
  fc.assert(
    fc.property(cases, ([place, stable, canary]) => {
      const path = pathOf(place, place.name);
      expect(compared(stable, canary)).toMatchObject({
        isBroken: true,
        differences: [{ kind: 'missing', path }],
      });
      expect(differencesOf(stable, canary, [path])).toEqual([]);
    }),
  );
});

test('a key whose type the canary changes is found', () => {
  const cases = schemaAndPlace.chain(([each, place]) =>
    fc.tuple(
      fc.constant(place),
      answers(each),
      answers(place.replace([[place.name, retyped(place.value)]])),
    ),
  );
  fc.assert(
    fc.property(cases, ([place, stable, canary]) => {
      const path = pathOf(place, place.name);
      expect(differencesOf(stable, canary)).toEqual([`type ${path}`]);
      expect(differencesOf(stable, canary, [path])).toEqual([]);
    }),
  );
});

test('a new key is reported and does not fail', () => {
  const cases = schemaAndPlace.chain(([each, place, fresh]) => {
    const more = place.replace([
      [place.name, place.value],
      [fresh, { kind: 'string' }],
    ]);
    return fc.tuple(fc.constant(pathOf(place, fresh)), answers(each), answers(more));
  });
  fc.assert(
    fc.property(cases, ([path, stable, canary]) => {
      expect(compared(stable, canary)).toMatchObject({
        isBroken: false,
        differences: [{ kind: 'new', path }],
      });
    }),
  );
});
