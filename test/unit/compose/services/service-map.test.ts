import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ComposeService } from '../../../../src/compose/model/model.ts';
import { callersOutside, findCalls } from '../../../../src/compose/services/service-map.ts';
import { modelOf, SHOP } from '../../../support/fixture-model.ts';

/** Why a caller with this definition calls `discounts`, if it does. */
function because(caller: ComposeService): string | undefined {
  const services = { caller, discounts: {}, 'discounts-api': {}, 'my-discounts': {} };
  return findCalls(modelOf(services)).find((call) => call.to === 'discounts')?.because;
}

describe('a value names a service', () => {
  test.each([
    'discounts',
    'discounts:5001',
    'http://discounts',
    'http://discounts:5001/api?x=1',
    'https://discounts/path',
    'http://discounts?x=1',
    'postgres://user:secret@discounts:5432/shop',
    'user:secret@tcp(discounts:3306)/shop',
    'other:1,discounts:2',
    'other:1;discounts:2',
    'other discounts',
    '--upstream=discounts:5001',
    '{"url": "http://discounts:5001"}',
    '["discounts"]',
  ])('in %s', (value) => {
    expect(because({ environment: { URL: value } })).toBe('environment URL');
    expect(because({ command: ['run', value] })).toBe('command');
  });

  test.each([
    'http://discounts-api:5001',
    'discounts-api',
    'http://my-discounts:5001',
    'my-discounts',
    'http://discounts.example.com/',
    'discounts_v2',
    'http://shop/discounts',
    'discountsx',
    'xdiscounts',
    'DISCOUNTS',
    '',
  ])('not in %j', (value) => {
    expect(because({ environment: { URL: value } })).toBeUndefined();
  });

  test('not in a setting without a value', () => {
    expect(because({ environment: { URL: null } })).toBeUndefined();
  });
});

test('links and depends_on are calls too, with the lowest priority', () => {
  expect(because({ links: ['discounts:cheap'] })).toBe('links');
  expect(because({ links: ['discounts-api:discounts'] })).toBeUndefined();
  const depends_on = { discounts: { condition: 'service_started' } };
  expect(because({ depends_on })).toBe('depends_on');
  expect(because({ depends_on, environment: { URL: 'http://discounts' } })).toBe('environment URL');
});

test('a dot in a service name matches only a dot', () => {
  const calls = (value: string) =>
    findCalls(modelOf({ caller: { environment: { URL: value } }, 'api.v1': {} }));
  expect(calls('http://api.v1:80')).toHaveLength(1);
  expect(calls('http://apixv1:80')).toHaveLength(0);
});

test('the calls in the shop', () => {
  expect(findCalls(SHOP).map(({ from, to, because }) => `${from} -> ${to}: ${because}`)).toEqual([
    'frontend -> discounts: environment DISCOUNTS_URL',
    'frontend -> ads: environment ADS',
    'discounts -> db: environment POSTGRES_HOST',
    'ads -> db: environment POSTGRES_HOST',
  ]);
});

test('callers outside of a slice are those that still reach the stable', () => {
  const outside = callersOutside(findCalls(SHOP), ['discounts', 'db']);
  expect(outside.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
    'frontend -> discounts',
    'ads -> db',
  ]);
});

test('no service calls itself, and every host in a URL is found', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/);
  fc.assert(
    fc.property(name, name, fc.constantFrom(':80', '/', '', '?q'), (from, to, end) => {
      fc.pre(from !== to);
      const environment = { SELF: `http://${from}`, URL: `http://${to}${end}` };
      const calls = findCalls(modelOf({ [from]: { environment }, [to]: {} }));
      expect(calls).toEqual([{ from, to, because: 'environment URL' }]);
    }),
  );
});
