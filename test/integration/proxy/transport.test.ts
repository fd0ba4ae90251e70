import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { hasCode } from '../../../src/errors.ts';
import { renderConfiguration } from '../../../src/proxy/configuration.ts';
import type { Route } from '../../../src/proxy/route.ts';
import { PLAIN, type Transport } from '../../../src/proxy/transport.ts';
import { selfSigned } from '../../support/fixture-certificate.ts';
import { haproxyCheck } from '../../support/fixture-haproxy.ts';
import { TOLERANCE } from '../../support/fixture-tolerance.ts';

const PROTOCOLS = ['http', 'http2', 'tcp', 'tls'] as const;

function configurationOf(transports: readonly [service: string, transport: Transport][]): string {
  return renderConfiguration({
    routes: transports.map(([service, transport], index): Route => {
      const protection = {
        shield: { maxShare: 20, paths: [] },
        breaker: { failures: 5, paths: [] },
      };
      const ports = { port: 10_000 + index, preview: 20_000 + index };
      const entry = { ...ports, ...protection, transport };
      return { service, clone: `${service}-canary`, port: 80, entry };
    }),
    identity: [],
    match: [],
    forceHeader: 'X-Canary',
    owner: { uid: 0, gid: 0 },
    tolerance: TOLERANCE,
  });
}

test('HAProxy accepts every protocol with every odd name, with the PROXY protocol either way', async () => {
  const names = ['if', 'default', 'streams', 'canary', '0', 'a.b_c-d', '_x', 'x'.repeat(56)];
  const all = names.flatMap((name, index) =>
    PROTOCOLS.map((protocol): [string, Transport] => [
      `${name}${protocol}`.slice(-56),
      { ...PLAIN, protocol, proxyProtocol: { accept: index % 2 > 0, send: index % 3 > 0 } },
    ]),
  );
  expect(await haproxyCheck(configurationOf(all))).toBe('valid');
});

function acceptedNames(names: readonly string[]): string[] {
  return names.filter((name) => {
    try {
      const web = { entry: 443, protocol: 'tls', sni: [name] };
      parseConfig(JSON.stringify({ version: 1, services: { web } }), 'canary.yaml');
      return true;
    } catch (error) {
      if (hasCode(error, 'config-invalid')) return false;
      throw error;
    }
  });
}

test('HAProxy accepts any TLS name that canary.yaml accepts', async () => {
  const nasty = fc.constantFrom("'", '"', '\\', '$', '#', ' ', '}', '*', '-', '_', '.', '\n');
  const legal = fc.stringMatching(/^(\*\.)?[A-Za-z0-9_-]{1,8}(\.[A-Za-z0-9-]{1,8}){0,3}$/);
  const any = fc.array(fc.oneof(nasty, legal), { maxLength: 4 }).map((parts) => parts.join(''));
  const names = fc.sample(fc.oneof(legal, any), { numRuns: 1500, seed: 5 });
  const sni = [...new Set(acceptedNames([...names, '*.if', '_dmarc.a', '0', 'or.unless']))];
  expect(sni.length).toBeGreaterThan(200);
  expect(acceptedNames(["a'b", '$HOME', 'a b', 'a"', 'a\\'])).toEqual([]);
  const transport = { ...PLAIN, protocol: 'tls' as const, sni };
  expect(await haproxyCheck(configurationOf([['web', transport]]))).toBe('valid');
});

test('HAProxy finds a certificate whatever its file and service names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'canary-names-'));
  try {
    const names = ['a b', "it's", '"', '$HOME', '#1', '\\', '}', '%[date]', 'ü', '@x', 'a,b'];
    const services = ['if', 'alias', 'key', 'crt', 'load', '0', 'a.b_c-d', '_x', '-m', 'or', 'A'];
    const { certificate, key } = selfSigned('shop.example');
    const transports = await Promise.all(
      names.map(async (name, index): Promise<[string, Transport]> => {
        await writeFile(join(folder, `${name}.pem`), certificate);
        await writeFile(join(folder, `${name}.key`), key);
        const files = {
          certificate: `/etc/canary/0/${name}.pem`,
          key: `/etc/canary/0/${name}.key`,
        };
        return [
          services[index] ?? '',
          { ...PLAIN, certificate: { ...files, fingerprint: 'AA:BB' } },
        ];
      }),
    );
    const mount = [`${folder}:/etc/canary/0:ro`];
    expect(await haproxyCheck(configurationOf(transports), mount)).toBe('valid');
    await rm(join(folder, '$HOME.key'));
    expect(await haproxyCheck(configurationOf(transports), mount)).toContain('$HOME.key');
  } finally {
    await rm(folder, { recursive: true });
  }
});
