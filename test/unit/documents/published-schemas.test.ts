import { expect, test } from 'vitest';
import { errorDocument } from '../../../src/ui/error-view.ts';
import { requirePublishedShape } from '../../support/published-schemas.ts';

const WEIGHT = { release: 'r1', weight: 5 };
const printed = (document: object) => `${JSON.stringify(document)}\n`;

test('a command’s output matches its schema', () => {
  requirePublishedShape(['weight', '5', '--json'], printed(WEIGHT));
  requirePublishedShape(['weight', '5'], 'text for people');
});

test.each([
  ['a field more', { ...WEIGHT, more: 1 }],
  ['a field less', { release: 'r1' }],
  ['another type', { ...WEIGHT, weight: '5' }],
])('%s is found', (_, document) => {
  expect(() => requirePublishedShape(['weight', '5', '--json'], printed(document))).toThrow(
    'schema/weight.json does not allow',
  );
});

test('a command without a schema is found', () => {
  expect(() => requirePublishedShape(['new', '--json'], printed(WEIGHT))).toThrow('No schema');
});

test('a failed command prints an error, even for a bug in canary', () => {
  requirePublishedShape(['status', '--json'], printed(errorDocument(new TypeError('oops'))));
});
