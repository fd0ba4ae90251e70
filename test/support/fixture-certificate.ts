import { generateKeyPairSync, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A DER object: tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const SEQUENCE = 0x30;
const text = (tag: number, value: string) => der(tag, Buffer.from(value));
const ECDSA_WITH_SHA256 = der(
  SEQUENCE,
  der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])),
);
const COMMON_NAME = der(0x06, Buffer.from([0x55, 0x04, 0x03]));
const ALTERNATIVE_NAMES = der(0x06, Buffer.from([0x55, 0x1d, 0x11]));

function name(commonName: string): Buffer {
  return der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, text(0x0c, commonName))));
}

/** The format of times in X.509 until 2049. */
function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return text(0x17, `${digits}Z`);
}

let serial = 1;

/** A self-signed certificate for one name or IPv4 address, with its key; both PEM. Valid until the given time. */
export function selfSigned(
  host: string,
  validTo = new Date(Date.now() + 86_400_000),
): { certificate: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  serial += 1;
  const address = isIPv4(host) ? Buffer.from(host.split('.').map(Number)) : undefined;
  const names = der(SEQUENCE, address ? der(0x87, address) : text(0x82, host));
  const extensions = der(SEQUENCE, der(SEQUENCE, ALTERNATIVE_NAMES, der(0x04, names)));
  const toBeSigned = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial & 0x7f])),
    ECDSA_WITH_SHA256,
    name(host),
    der(SEQUENCE, time(new Date(validTo.getTime() - 172_800_000)), time(validTo)),
    name(host),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
  const whole = der(SEQUENCE, toBeSigned, ECDSA_WITH_SHA256, signature);
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}
