import { resolve } from 'node:path';
import type { CanaryConfig } from '../../config/schema.ts';
import { withoutPasswords } from '../../git/urls.ts';
import { realPath } from '../../system/files.ts';
import { CONFIG_NAME, type Project } from '../load.ts';

/** What a branch's canary.yaml would do on the machine once it is promoted, and the stable's does not do. */
export async function settingsBeyond(
  branch: CanaryConfig,
  { config, directory }: Project,
  outside: (path: string) => string | undefined,
): Promise<string[]> {
  const files = async (each: CanaryConfig) => {
    const real = tlsFiles(each).map((path) => realPath(resolve(directory, path)));
    return (await Promise.all(real)).flatMap((path) => outside(path) ?? []);
  };
  const isTrusting = branch.receive.trust === 'full';
  const { stable } = branch.git;
  return [
    ...beyond(programsIn(branch), programsIn(config)).map((program) => `runs ${program}`),
    ...beyond(addressesIn(branch), addressesIn(config)).map((url) => `calls ${url}`),
    ...beyond(notifiedIn(branch), notifiedIn(config)).map((where) => `calls ${where} (\`notify\`)`),
    ...(isTrusting ? ['has `receive.trust: full`'] : []),
    // Who may push that branch has the power of root, and others guard the one that it was.
    ...(stable === config.git.stable ? [] : [`has \`git.stable: ${stable}\``]),
    ...beyond(imagesIn(branch), imagesIn(config)).map((image) => `has the proxy image ${image}`),
    ...beyond(await files(branch), await files(config)).map((path) => `reads ${path} (\`tls\`)`),
    ...beyond(portsIn(branch), portsIn(config)).map((port) => `publishes port ${port}`),
  ].map((what) => `its ${CONFIG_NAME} ${what}`);
}

function beyond<Value>(branch: readonly Value[], stable: readonly Value[]): Value[] {
  return [...new Set(branch)].filter((each) => !stable.includes(each));
}

/** The programs that canary.yaml lets canary run on the machine. */
function programsIn(config: unknown): string[] {
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([key, value]) =>
    key === 'run' && Array.isArray(value) ? [JSON.stringify(value)] : programsIn(value),
  );
}

/** What canary calls from the machine, which has more ways than a container: its own loopback address. */
function addressesIn(config: unknown): string[] {
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([key, value]) => {
    const isAddress = ADDRESSES.has(key) && typeof value === 'string' && !value.startsWith('/');
    return isAddress ? [withoutPasswords(value)] : addressesIn(value);
  });
}
const ADDRESSES = new Set(['post', 'get', 'url']);

/** Where the addresses are that `notify` writes to. */
function notifiedIn({ notify }: CanaryConfig): string[] {
  return notify.flatMap((target) => {
    if (!('address' in target)) return [];
    const { address } = target;
    return 'file' in address ? [`the address in ${address.file}`] : [`\${${address.variable}}`];
  });
}

/** The proxy has the users' requests, and folders of the machine. */
function imagesIn({ proxy }: CanaryConfig): string[] {
  return proxy.image === undefined ? [] : [proxy.image];
}

/** The proxy gets the whole folder of each. */
function tlsFiles({ services }: CanaryConfig): string[] {
  return Object.values(services).flatMap(({ tls }) => (tls ? [tls.certificate, tls.key] : []));
}

/** The ports that canary itself opens; an entry is published by its service. */
function portsIn({ services, proxy }: CanaryConfig): number[] {
  const previews = Object.values(services).flatMap(({ preview }) => preview ?? []);
  return proxy.metrics === undefined ? previews : [...previews, proxy.metrics];
}
