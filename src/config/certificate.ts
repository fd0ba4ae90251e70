import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { CanaryError } from '../errors.ts';

/** A certificate and its key as texts, and the paths they were read from. */
export interface CertificatePair {
  certificate: { path: string; text: string };
  key: { path: string; text: string };
}

/** The facts about a certificate that may be shown. */
export interface CertificateFacts {
  /** SHA-256 of the certificate, which is public; contains nothing of the key. */
  fingerprint: string;
  validTo: Date;
}

/**
 * Reads a certificate and its key; throws `certificate-invalid` or `certificate-mismatch`. No
 * message contains any of the key.
 */
export function readCertificate({ certificate, key }: CertificatePair): CertificateFacts {
  const parsed = parse(certificate);
  if (!parsed.checkPrivateKey(parseKey(key))) {
    throw new CanaryError(
      'certificate-mismatch',
      `The key ${key.path} does not belong to the certificate ${certificate.path}.`,
      {
        hint: 'Name the key that the certificate was made with; in a file with a chain the own certificate comes first.',
      },
    );
  }
  return { fingerprint: parsed.fingerprint256, validTo: new Date(parsed.validTo) };
}

function parse({ path, text }: CertificatePair['certificate']): X509Certificate {
  try {
    if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no PEM');
    return new X509Certificate(text);
  } catch {
    throw new CanaryError('certificate-invalid', `${path} has no certificate in PEM form.`, {
      hint: 'Name a file that has a part `-----BEGIN CERTIFICATE-----`, such as fullchain.pem.',
    });
  }
}

function parseKey({ path, text }: CertificatePair['key']): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    // OpenSSL's message may quote the file.
    throw new CanaryError('certificate-invalid', `${path} has no private key in PEM form.`, {
      hint: 'Name a file that has a part `-----BEGIN PRIVATE KEY-----`, without a passphrase.',
    });
  }
}
