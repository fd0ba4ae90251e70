import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  byDigest,
  formatReference,
  parseReference,
} from '../../../../src/compose/images/reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

test.each([
  ['web', { repository: 'web' }],
  ['acme/web:1.4.2', { repository: 'acme/web', tag: '1.4.2' }],
  ['localhost:5000/acme/web', { repository: 'localhost:5000/acme/web' }],
  ['localhost:5000/acme/web:1', { repository: 'localhost:5000/acme/web', tag: '1' }],
  ['[::1]:5000/web:1', { repository: '[::1]:5000/web', tag: '1' }],
  [
    `reg.acme.com/a/b__c-d:v1@${DIGEST}`,
    { repository: 'reg.acme.com/a/b__c-d', tag: 'v1', digest: DIGEST },
  ],
  [`web@${DIGEST}`, { repository: 'web', digest: DIGEST }],
])('%s has these parts', (text, parts) => {
  expect(parseReference(text)).toEqual(parts);
  expect(formatReference(parts)).toBe(text);
});

test.each([
  ...[
    '',
    'Web',
    'web:',
    'web@',
    'web@sha256:12',
    'a b',
    'web:1:2',
    '-web',
    'web/',
    '/web',
    'web:-1',
  ],
  ...['--help', `web@${DIGEST}@${DIGEST}`, 'w'.repeat(700), 'web\n', 'web:1\n', 'a..b', 'web:ü'],
])('%j is no image', (text) => {
  expect(parseReference(text)).toBeUndefined();
});

test('what is read is written as it was, and no text takes long', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aA0.-_:/@[]'), maxLength: 400 }), (text) => {
      const parts = parseReference(text);
      if (parts) expect(formatReference(parts)).toBe(text);
    }),
  );
});

test('by digest, the tag does not count', () => {
  expect(byDigest('acme/web:latest', DIGEST)).toBe(`acme/web@${DIGEST}`);
});
