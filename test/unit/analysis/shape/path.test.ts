import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writePath } from '../../../../src/analysis/shape/path.ts';
import {
  ANY,
  ELEMENTS,
  type PathPart,
  readAnswerPath,
} from '../../../../src/config/values/answer-path.ts';
import { compared, page } from '../../../support/fixture-answers.ts';

const part: fc.Arbitrary<PathPart> = fc.oneof(
  fc.constantFrom(ANY, ELEMENTS),
  fc
    .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('code', 'a b', '"', '\\', ']', '\u2028'))
    .map((name): PathPart => ({ kind: 'key', name })),
);

test('a printed JSON path can be declared', () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const path = { body: 'json', parts } as const;
      expect(readAnswerPath(writePath(path))).toEqual(path);
      expect(writePath(path)).not.toMatch(/[\p{C}\u2028\u2029]/u);
    }),
  );
});

test('a printed page path can be declared', () => {
  const body = fc
    .array(
      fc.constantFrom(
        '<div>',
        '</div>',
        '<p id="a b.c:d">',
        '<form id=x name="y z">',
        '<input name="i[0][k]">',
        '<my-tag>',
        '<b#>',
      ),
    )
    .map((tags) => page(tags.join('')));
  fc.assert(
    fc.property(body, body, (stable, canary) => {
      for (const { path } of compared([stable], [canary]).differences) {
        const read = readAnswerPath(path);
        expect(read && writePath(read)).toBe(path);
        expect(
          compared([stable], [canary], [path]).differences.map((each) => each.path),
        ).not.toContain(path);
      }
    }),
  );
});
