import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  expressionsIn,
  replaceVariables,
  solveReference,
  withVariables,
} from '../../../../src/compose/images/variables.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Compose expands them.
const SET = { VERSION: '2', EMPTY: '', COST: '$5' };

test.each([
  ['acme/web:${VERSION}', 'acme/web:2'],
  ['acme/web:$VERSION-alpine', 'acme/web:2-alpine'],
  ['${VERSION:-1}${VERSION-1}${VERSION:?no}${VERSION?no}', '2222'],
  ['${VERSION:+set}${VERSION+set}', 'setset'],
  ['${EMPTY:-one}${EMPTY-one}${EMPTY:+one}${EMPTY+one}', 'oneone'],
  ['${OTHER:-${VERSION}}', '${OTHER:-2}'],
  ['${OTHER:-a${OTHER2:-$VERSION}b}', '${OTHER:-a${OTHER2:-2}b}'],
  ['${VERSION:+${OTHER}}', '${OTHER}'],
  ['$$VERSION $${VERSION} $$$VERSION', '$$VERSION $${VERSION} $$2'],
  // What is set is a value, not a text with variables.
  ['${COST}', '$$5'],
  ['${OTHER} $OTHER $VERSIONS ${VERSION', '${OTHER} $OTHER $VERSIONS ${VERSION'],
  ['100$ $1 ${} ${1}', '100$ $1 ${} ${1}'],
])('%s becomes %s', (written, expected) => {
  expect(replaceVariables(written, SET)).toBe(expected);
});

test('a text that names none of the variables stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'$${}:-?+Ab1 '), maxLength: 200 }), (text) => {
      expect(replaceVariables(text, { OTHER: 'x' })).toBe(text);
    }),
  );
});

test('every text of a definition, with the keys of its maps', () => {
  const written = { image: 'web:$VERSION', labels: { 'v${VERSION}': ['$VERSION', 3, null, true] } };
  expect(withVariables(written, SET)).toEqual({
    image: 'web:2',
    labels: { v2: ['2', 3, null, true] },
  });
});

test('the expressions of a definition, also those inside others', () => {
  const written = { image: '$$A ${B:-${C}}', list: ['$D', 1], map: { $E: null } };
  expect(expressionsIn(written).map(({ text }) => text)).toEqual([
    ...['${B:-${C}}', '${C}', '$D', '$E'],
  ]);
});

test.each([
  ['acme/web:${VERSION}', '1.4.2', { name: 'VERSION', value: '1.4.2' }],
  ['${REGISTRY:-acme}/web:${VERSION:-latest}', '1.4.2', { name: 'VERSION', value: '1.4.2' }],
  ['acme/web:v${VERSION}-alpine', 'v3-alpine', { name: 'VERSION', value: '3' }],
  ['acme/web:v${VERSION}', '3', undefined],
  ['acme/web:v${VERSION}', 'v', undefined],
  ['acme/web:${A}${B}', '3', undefined],
  ['acme/web:1', '3', undefined],
  ['acme/${WEB}', '3', undefined],
  ['${IMAGE}', '3', { name: 'IMAGE', value: 'acme/web:3' }],
  ['${IMAGE:-acme/web:1}', '3', { name: 'IMAGE', value: 'acme/web:3' }],
  ['${HOST}${IMAGE}', '3', undefined],
  ['acme/web@${DIGEST}', '3', undefined],
  ['acme/web:${V:+3}', '3', undefined],
  ['acme/web:${V}@sha256:1', '3', undefined],
])('%s becomes the tag %s by %j', (written, tag, expected) => {
  expect(solveReference(written, `acme/web:${tag}`, 'acme/web:0')).toEqual(expected);
});

test('a digest has the variable that is the digest, or all of the name', () => {
  const wanted = `acme/web@sha256:${'ab'.repeat(32)}`;
  const solved = (written: string) => solveReference(written, wanted, 'acme/web:0');
  expect(solved('acme/web@${DIGEST}')).toEqual({ name: 'DIGEST', value: wanted.slice(9) });
  expect(solved('${IMAGE}')).toEqual({ name: 'IMAGE', value: wanted });
  expect(solved('acme/web@sha256:${DIGEST}')).toBeUndefined();
  expect(solved('acme/web:${V}')).toBeUndefined();
});

test('a tag of another repository has no variable', () => {
  const solved = (wanted: string) => solveReference('acme/web:${V}', wanted, 'acme/web:0');
  expect(solved('other/web:3')).toBeUndefined();
  expect(solved('acme/web')).toBeUndefined();
  expect(solved(`acme/web:3@sha256:${'ab'.repeat(32)}`)).toBeUndefined();
  expect(solveReference(undefined, 'acme/web:3', 'acme/web:0')).toBeUndefined();
});

test.each([
  ['closed', '}'.repeat(50_000)],
  ['open', ''],
])('defaults that lie in each other without an end are refused at once: %s', (_, end) => {
  const text = `${'${V:-'.repeat(50_000)}${end}`;
  expect(() => expressionsIn(text)).toThrow('has more than 100 others in its default');
  expect(() => replaceVariables(text, SET)).toThrow('has more than 100 others in its default');
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Compose expands them.
