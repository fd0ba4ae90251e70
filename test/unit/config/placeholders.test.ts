import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fillVariables } from '../../../src/config/values/environment.ts';
import { hideValues } from '../../../src/config/values/hide-values.ts';
import { fillPlaces, placeProblem } from '../../../src/config/values/placeholders.ts';

const PLACES = {
  project: 'shop',
  service: 'web',
  canaryService: 'web-canary',
  stableBackend: 'web',
  canaryBackend: 'web:canary',
  release: '20261121-000000-abcdef0',
  commit: 'abcdef0123',
  now: new Date('2026-11-21T12:00:00.900Z'),
};

describe('placeholders', () => {
  test.each([
    ['up{proxy="{{canaryBackend}}"}', 'up{proxy="web:canary"}'],
    ['{{ service }}/{{project}}', 'web/shop'],
    ['from={{now-1m30s}}&to={{now}}', 'from=1795262310&to=1795262400'],
    ['{{now-}} {{now-soon}} {{nower}}', '{{now-}} {{now-soon}} {{nower}}'],
    ['{{unknown}} {"a":{"b":{}}}', '{{unknown}} {"a":{"b":{}}}'],
  ])('%s', (text, expected) => {
    expect(fillPlaces(text, PLACES)).toBe(expected);
  });

  it('are encoded in URLs', () => {
    expect(fillPlaces('http://x/{{canaryBackend}}', PLACES, encodeURIComponent)).toBe(
      'http://x/web%3Acanary',
    );
  });

  test.each([
    ['up', undefined],
    ['{{service}} {{stableBackend}} {{now - 1h}}', undefined],
    [
      '{{service}} {{toString}}',
      'has the unknown {{toString}}; there are project, service, canaryService, stableBackend, canaryBackend, release, commit, now, now-5m',
    ],
  ])('%s: %s', (text, expected) => {
    expect(placeProblem(text)).toBe(expected);
  });
});

const bracketed = (name: string) => `\${${name}}`;

describe('variables', () => {
  it('are filled in literally', () => {
    const text = `Bearer ${bracketed('A')} ${bracketed('B')} $C`;
    expect(fillVariables(text, { A: bracketed('B'), B: '$&' })).toEqual({
      text: `Bearer ${bracketed('B')} $& $C`,
      values: { A: bracketed('B'), B: '$&' },
    });
  });

  test.each([{}, { A: undefined }, { A: '' }])('that are not set are named: %j', (env) => {
    expect(fillVariables(bracketed('A'), env)).toEqual({ missing: 'A' });
  });

  const secret = fc
    .string({ minLength: 6, unit: 'grapheme-ascii' })
    .filter(
      (each) => each.trim().length >= 6 && !each.includes('$') && !/first|second/i.test(each),
    );

  it('never stay in a text, in whatever form they got into it', () => {
    fc.assert(
      fc.property(secret, secret, fc.string(), (first, second, between) => {
        const values = { FIRST: first, SECOND: second };
        const text = [
          first,
          between,
          second.toUpperCase(),
          encodeURIComponent(first),
          JSON.stringify(second),
          first.trim().toLowerCase(),
        ].join(' ');
        const hidden = hideValues(text, values).toLowerCase();
        for (const value of [first, second]) {
          expect(hidden).not.toContain(value.toLowerCase());
          expect(hidden).not.toContain(encodeURIComponent(value).toLowerCase());
        }
      }),
    );
  });

  it('are replaced by their names', () => {
    const text = 'getaddrinfo ENOTFOUND secret-host';
    expect(hideValues(text, { HOST: 'Secret-Host' })).toBe(
      `getaddrinfo ENOTFOUND ${bracketed('HOST')}`,
    );
    expect(hideValues(text, {})).toBe(text);
  });
});

test('all that is there of a long value is hidden, also if it was cut off', () => {
  const long = 'x7'.repeat(500);
  const cut = long.slice(0, 700);
  expect(hideValues(`before ${cut} after`, { TOKEN: long })).toBe('before \u0024{TOKEN} after');
});
