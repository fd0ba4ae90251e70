import { basename, dirname, posix, resolve } from 'node:path';
import { readCertificate } from '../config/certificate.ts';
import type { CanaryConfig } from '../config/schema.ts';
import { byName } from '../config/values/by-name.ts';
import type { Context } from '../context.ts';
import { CanaryError, messageOf } from '../errors.ts';
import type { CertificateFiles } from '../proxy/transport.ts';
import { readFile, realpath } from '../system/disk.ts';

/** The certificates of entries where TLS ends at the proxy. */
export interface Certificates {
  /** Their paths in the proxy's container, by service. */
  files: Readonly<Record<string, CertificateFiles>>;
  /** The folders they are in, and where the container mounts them. */
  folders: readonly { source: string; target: string }[];
  expiries: readonly { service: string; validTo: Date }[];
}

export const NO_CERTIFICATES: Certificates = { files: {}, folders: [], expiries: [] };

/** Where the container has certificates: one folder for each of the host's. */
const TARGET = '/etc/canary';

/**
 * Finds and checks what `tls` names, relative to canary.yaml. Symbolic links are followed, because the container has
 * only the folders where the files really are: a renewal that moves a link gives another file of the same folder.
 * Throws `certificate-missing`, `certificate-invalid` or `certificate-mismatch`.
 */
export async function loadCertificates(
  { services }: CanaryConfig,
  configFile: string,
): Promise<Certificates> {
  const folders = new Map<string, string>();
  const files = byName<CertificateFiles>();
  const expiries: { service: string; validTo: Date }[] = [];
  const inContainer = (path: string) => {
    const source = dirname(path);
    const target = folders.get(source) ?? `${TARGET}/${folders.size}`;
    folders.set(source, target);
    return posix.join(target, basename(path));
  };
  for (const [service, { tls }] of Object.entries(services)) {
    if (!tls) continue;
    const find = (name: string) => locate(resolve(dirname(configFile), name), service);
    const [certificate, key] = [await find(tls.certificate), await find(tls.key)];
    const { fingerprint, validTo } = readCertificate({ certificate, key });
    expiries.push({ service, validTo });
    files[service] = {
      certificate: inContainer(certificate.real),
      key: inContainer(key.real),
      fingerprint,
    };
  }
  const mounts = [...folders].map(([source, target]) => ({ source, target }));
  return { files, folders: mounts, expiries };
}

async function locate(path: string, service: string) {
  try {
    const real = await realpath(path);
    return { path, real, text: await readFile(real, 'utf8') };
  } catch (error) {
    throw new CanaryError(
      'certificate-missing',
      `${path}, which \`services.${service}.tls\` names, cannot be read.`,
      {
        details: [messageOf(error)],
        hint: 'Paths are relative to canary.yaml; canary must run as a user who can read both files.',
      },
    );
  }
}

/** Warns about expired certificates. */
export function warnOfExpired({ clock, emit }: Context, { expiries }: Certificates): void {
  for (const { service, validTo } of expiries) {
    if (validTo > clock.machineTime()) continue;
    const day = validTo.toISOString().slice(0, 10);
    emit({ type: 'warning', text: `The certificate of ${service} expired on ${day}.` });
  }
}
