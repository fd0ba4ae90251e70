import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../../src/config/certificate.ts';
import { CanaryError } from '../../../src/errors.ts';
import { selfSigned } from '../../support/fixture-certificate.ts';

const SITE = selfSigned('shop.example', new Date('2030-05-06T07:08:09Z'));
const OTHER = selfSigned('other.example');

function read(certificate: string, key: string) {
  return readCertificate({
    certificate: { path: '/tls/site.pem', text: certificate },
    key: { path: '/tls/site.key', text: key },
  });
}

function errorOf(certificate: string, key: string): CanaryError {
  try {
    read(certificate, key);
  } catch (error) {
    if (error instanceof CanaryError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a certificate with its key', () => {
  test('is identified by its fingerprint and its expiry', () => {
    const { fingerprint, validTo } = read(SITE.certificate, SITE.key);
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(validTo.toISOString()).toBe('2030-05-06T07:08:09.000Z');
    expect(read(OTHER.certificate, OTHER.key).fingerprint).not.toBe(fingerprint);
  });

  test('may be in one file, with its chain after the certificate', () => {
    const all = SITE.key + SITE.certificate + OTHER.certificate;
    expect(read(all, all)).toEqual(read(SITE.certificate, SITE.key));
  });

  const encrypted = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
  }).privateKey;

  test.each([
    ['a key of another', SITE.certificate, OTHER.key, 'certificate-mismatch'],
    ['the chain first', OTHER.certificate + SITE.certificate, SITE.key, 'certificate-mismatch'],
    ['no certificate', 'hello', SITE.key, 'certificate-invalid'],
    ['an empty file', '', SITE.key, 'certificate-invalid'],
    [
      'a broken one',
      SITE.certificate.replace(/\n.{9}/, '\n!!!!!!!!!'),
      SITE.key,
      'certificate-invalid',
    ],
    ['the key in its place', SITE.key, SITE.key, 'certificate-invalid'],
    ['no key', SITE.certificate, 'hello', 'certificate-invalid'],
    ['the certificate in its place', SITE.certificate, SITE.certificate, 'certificate-invalid'],
    ['a key with a passphrase', SITE.certificate, encrypted, 'certificate-invalid'],
  ])('is rejected, without showing anything of a key: %s', (_, certificate, key, code) => {
    const error = errorOf(certificate, key);
    expect([error.code, error.exitCode]).toEqual([code, 2]);
    const said = [error.message, error.hint, ...error.details, String(error.stack)].join('\n');
    expect(said).toMatch(/\/tls\/site\.(pem|key)/);
    for (const text of [SITE.key, OTHER.key, encrypted])
      for (const line of text
        .split('\n')
        .filter((each) => each.length > 20 && !each.startsWith('-')))
        expect(said).not.toContain(line);
    expect(error.cause).toBeUndefined();
  });
});
