import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatException, parseException } from '../../../src/config/exception.ts';
import { exceptionsFor, refusalLines, refusedBy } from '../../../src/database/allow.ts';
import type { Finding } from '../../../src/database/finding.ts';
import { CLASSES, type FindingClass } from '../../../src/database/finding-class.ts';

const finding = (kind: FindingClass, object: string): Finding => ({
  class: kind,
  kind: 'table-dropped',
  object,
  database: 'db',
  text: `table ${object} is dropped`,
});

const names = fc.constantFrom(
  'orders',
  'order',
  'audit.orders',
  'Order Details',
  'f(integer, text)',
);
const findings = fc.array(
  fc.tuple(fc.constantFrom(...CLASSES), names).map((each) => finding(...each)),
);
const what = fc.constantFrom(
  'destructive' as const,
  'unclassified' as const,
  'contracting' as const,
  'unrehearsed' as const,
);
const exceptions = fc.array(fc.record({ what, name: names }));

test.each([
  ['destructive:orders', 'destructive', 'orders'],
  ['unclassified:operator ===', 'unclassified', 'operator ==='],
  ['contracting:audit.log', 'contracting', 'audit.log'],
  ['contracting:total(integer, text)', 'contracting', 'total(integer, text)'],
  ['destructive:Order Details', 'destructive', 'Order Details'],
  ['unrehearsed:redis', 'unrehearsed', 'redis'],
])('%s is an exception', (text, kind, name) => {
  expect(parseException(text)).toEqual({ what: kind, name });
});

test.each([
  ...[
    '',
    'orders',
    'destructive',
    'destructive:',
    'destructive: ',
    'destructive:*',
    'destructive:a*',
  ],
  ...['*:orders', 'all:orders', 'expanding:orders', 'none:a', 'destructive:a\nb', 'destructive:?'],
])('%j is not an exception', (text) => {
  expect(parseException(text)).toBeUndefined();
});

test('an exception accepts its own table and class, and no other', () => {
  fc.assert(
    fc.property(findings, exceptions, (found, allowed) => {
      const { refused, used } = refusedBy(found, allowed);
      const stops = found.filter((each) =>
        ['destructive', 'unclassified', 'contracting'].includes(each.class),
      );
      const passes = (each: Finding) =>
        allowed.some((one) => one.what === each.class && one.name === each.object);
      expect(refused).toEqual(stops.filter((each) => !passes(each)));
      for (const one of used)
        expect(stops.some((each) => one.what === each.class && one.name === each.object)).toBe(
          true,
        );
    }),
  );
});

test('the offered exceptions accept all findings', () => {
  fc.assert(
    fc.property(findings, (found) => {
      const { refused } = refusedBy(found, []);
      const offered = exceptionsFor(refused).flatMap((text) => parseException(text) ?? []);
      expect(refusedBy(found, offered).refused).toEqual([]);
      expect(offered.map(formatException)).toEqual(exceptionsFor(refused));
    }),
  );
});

test('a rejection names the class, the change, its statement and its service', () => {
  const base = finding('destructive', 'a');
  const lines = refusalLines([
    base,
    { ...base, service: 'shop-canary' },
    { ...base, statement: 'DROP TABLE a' },
    { ...base, statement: 'DROP TABLE a', service: 'shop-canary' },
  ]);
  expect(lines).toEqual([
    'destructive: table a is dropped (no statement was seen that did it).',
    'destructive: table a is dropped (by shop-canary).',
    'destructive: table a is dropped (`DROP TABLE a`).',
    'destructive: table a is dropped (`DROP TABLE a` by shop-canary).',
  ]);
});
