import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baggageOf } from '../../../src/proxy/baggage.ts';
import { readSamples } from '../../../src/proxy/samples.ts';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const told = (place: number, at: number, target: string, headers: string) =>
  `proc.sample${place}: type=str value=<${at} web ${base64(target)} ${base64(headers)}>\n\n`;

describe('the samples in an answer of HAProxy', () => {
  test('are read, the newest first; empty places are skipped', () => {
    const answer = `Variable not found.\n\n${told(1, 100, '/a?b', 'host: shop\r\ncookie: x=1\r\n\r\n')}${told(2, 200, '/', '\r\n')}`;
    expect(readSamples(answer)).toEqual([
      { at: 200, service: 'web', target: '/', headers: {} },
      { at: 100, service: 'web', target: '/a?b', headers: { host: 'shop', cookie: 'x=1' } },
    ]);
  });

  test('merge headers that occur twice', () => {
    const headers = 'A: 1\r\na: 2\r\nCookie: x=1\r\ncookie: y=2\r\n';
    expect(readSamples(told(0, 1, '/', headers))[0]?.headers).toEqual({
      a: '1, 2',
      cookie: 'x=1; y=2',
    });
  });

  test('are exactly what was sent, whatever the bytes', () => {
    const value = fc.string({
      unit: fc.integer({ min: 33, max: 255 }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(value, value, (target, header) => {
        const [sample] = readSamples(told(3, 5, `/${target}`, `x-any: ${header}\r\n`));
        expect(sample?.target).toBe(`/${target}`);
        expect(sample?.headers['x-any']).toBe(header.trim());
      }),
    );
  });

  test.each(['', 'Unknown command', told(0, 1, '*', ''), told(0, 1, 'http://x/', '')])(
    'are none in %j',
    (answer) => {
      expect(readSamples(answer)).toEqual([]);
    },
  );
});

test.each([
  [undefined, 'canary=canary'],
  ['', 'canary=canary'],
  ['a=1', 'a=1,canary=canary'],
  ['a=1;p=2, canary = stable;x, b=2', 'a=1;p=2,b=2,canary=canary'],
  ['canaryx=1', 'canaryx=1,canary=canary'],
])('the baggage %j is extended by the side of the request', (received, expected) => {
  expect(baggageOf('canary', received)).toBe(expected);
});
