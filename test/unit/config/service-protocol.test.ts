import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { CanaryError } from '../../../src/errors.ts';

function parse(service: Record<string, unknown>, top: Record<string, unknown> = {}) {
  const text = JSON.stringify({ version: 1, services: { web: service }, ...top }, null, 2);
  return parseConfig(text, 'canary.yaml').services.web;
}

/** The problems of a service, without their lines. */
function problems(service: Record<string, unknown>): string[] {
  try {
    parse(service);
    return [];
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    return error.details.map((line) => line.replace(/^line \d+, services\.web\.?/, ''));
  }
}

const FILES = { certificate: 'tls/fullchain.pem', key: 'tls/privkey.pem' };

describe('the protocol of an entry', () => {
  test.each([
    ['http2', { protocol: 'http2' }],
    ['tcp', { protocol: 'tcp', proxyProtocol: { accept: true, send: true } }],
    ['tcp without a shield', { protocol: 'tcp', shield: false, breaker: false }],
    ['tls that passes through', { protocol: 'tls', sni: ['shop.example', '*.shop.example'] }],
    ['tls that ends', { tls: FILES }],
    ['gRPC on TLS that ends', { protocol: 'http2', tls: { ...FILES, reencrypt: true } }],
  ])('can be %s', (_, service) => {
    expect(problems({ entry: 443, ...service })).toEqual([]);
  });

  test('accepts and sends no PROXY protocol by default', () => {
    const service = parse({ entry: 443, tls: FILES, proxyProtocol: {} });
    expect(service?.tls?.reencrypt).toBe(false);
    expect(service?.proxyProtocol).toEqual({ accept: false, send: false });
  });

  test.each([
    [{ protocol: 'udp' }, /^protocol: /],
    [{ protocol: 'tcp', tls: FILES }, /^tls: ends TLS at the proxy/],
    [{ protocol: 'tls', tls: FILES }, /^tls: ends TLS at the proxy/],
    [{ sni: ['shop.example'] }, /^sni: needs `protocol: tls`/],
    [{ tls: FILES, sni: ['shop.example'] }, /^sni: needs `protocol: tls`/],
    [{ protocol: 'tls', sni: [] }, /^sni: /],
    [{ protocol: 'tcp', shield: true }, /^shield: needs .*cannot be repeated/],
    [{ protocol: 'tls', breaker: { failures: 3, paths: [] } }, /^breaker: needs .*no answers/],
    [{ tls: { certificate: 'a.pem' } }, /^tls\.key: /],
    [{ tls: { ...FILES, password: 'x' } }, /^tls\.password: is not a setting/],
    [{ tls: { ...FILES, key: 'a\nb' } }, /^tls\.key: has control characters/],
  ])('is rejected if it cannot work: %j', (service, expected) => {
    const [first, ...others] = problems({ entry: 443, ...service });
    expect(first).toMatch(expected);
    expect(others).toEqual([]);
  });

  test.each(['*', '*.', 'a..b', '-a', 'a b', 'a.*', "a'b", '*.*.a', 'a\n', `${'a'.repeat(64)}.b`])(
    'is rejected with the name %j',
    (name) => {
      expect(problems({ entry: 443, protocol: 'tls', sni: [name] })).toHaveLength(1);
    },
  );

  test('is plain HTTP if other services call it by name', () => {
    const mesh = { entry: 443, mesh: true };
    const refused = expect.stringMatching(/^mesh: needs /);
    expect(problems({ ...mesh, tls: { ...FILES, reencrypt: true } })).toEqual([refused]);
    expect(problems({ ...mesh, proxyProtocol: { send: true } })).toEqual([refused]);
    expect(problems({ ...mesh, protocol: 'tls' })).toEqual([refused]);
    expect(problems({ ...mesh, tls: FILES, protocol: 'http2' })).toEqual([]);
  });

  test('is only for entries', () => {
    const only = 'needs an `entry`: only there users connect to the proxy itself';
    expect(problems({ protocol: 'tcp', proxyProtocol: { send: true } })).toEqual(
      expect.arrayContaining([`protocol: ${only}`, `proxyProtocol: ${only}`]),
    );
  });
});
