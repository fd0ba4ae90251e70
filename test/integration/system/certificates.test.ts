import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { loadCertificates, warnOfExpired } from '../../../src/project/certificates.ts';
import { selfSigned } from '../../support/fixture-certificate.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

const LIVE = { certificate: 'live/fullchain.pem', key: 'live/privkey.pem' };

function load(directory: string, services: Record<string, unknown>) {
  const file = join(directory, 'canary.yaml');
  const entries = Object.entries(services).map(([name, tls], at) => [
    name,
    { entry: 443 + at, tls },
  ]);
  const text = JSON.stringify({ version: 1, services: Object.fromEntries(entries) });
  return loadCertificates(parseConfig(text, file), file);
}

/** The layout of certbot: links in `live` lead to numbered files in `archive`. */
async function renew(directory: string, number: number, validTo?: Date): Promise<void> {
  const site = selfSigned('shop.example', validTo);
  await mkdir(join(directory, 'archive'), { recursive: true });
  await mkdir(join(directory, 'live'), { recursive: true });
  for (const [name, text] of [
    ['fullchain', site.certificate],
    ['privkey', site.key],
  ] as const) {
    await writeFile(join(directory, `archive/${name}${number}.pem`), text);
    const link = join(directory, `live/${name}.pem`);
    await symlink(`../archive/${name}${number}.pem`, `${link}.new`);
    await rename(`${link}.new`, link);
  }
}

describe('certificates behind links', () => {
  test('are mounted by their real folder, which stays when they are renewed', async () => {
    const directory = await emptyFolder();
    await renew(directory, 1);
    const first = await load(directory, { web: LIVE });
    expect(first.folders).toEqual([
      { source: join(directory, 'archive'), target: '/etc/canary/0' },
    ]);
    expect(first.files.web).toMatchObject({
      certificate: '/etc/canary/0/fullchain1.pem',
      key: '/etc/canary/0/privkey1.pem',
    });
    await renew(directory, 2);
    const second = await load(directory, { web: LIVE });
    expect(second.folders).toEqual(first.folders);
    expect(second.files.web?.certificate).toBe('/etc/canary/0/fullchain2.pem');
    expect(second.files.web?.fingerprint).not.toBe(first.files.web?.fingerprint);
  });

  test('have one folder in the container for each on the host', async () => {
    const directory = await emptyFolder();
    await renew(directory, 1);
    const other = selfSigned('other.example');
    await writeFile(join(directory, 'cert.pem'), other.certificate);
    await mkdir(join(directory, 'secret'));
    await writeFile(join(directory, 'secret/cert.pem'), other.key);
    const { folders, files } = await load(directory, {
      web: LIVE,
      api: LIVE,
      other: { certificate: join(directory, 'cert.pem'), key: 'secret/cert.pem' },
    });
    expect(folders.map(({ source }) => source)).toEqual(
      ['archive', '.', 'secret'].map((name) => join(directory, name)),
    );
    expect(files.api).toEqual(files.web);
    expect(files.other).toMatchObject({
      certificate: '/etc/canary/1/cert.pem',
      key: '/etc/canary/2/cert.pem',
    });
  });
});

test('a missing certificate is reported with the setting that names it', async () => {
  const directory = await emptyFolder();
  await expect(load(directory, { web: LIVE })).rejects.toMatchObject({
    code: 'certificate-missing',
    exitCode: 2,
    message: `${join(directory, LIVE.certificate)}, which \`services.web.tls\` names, cannot be read.`,
  });
});

test('a folder in place of a file is reported', async () => {
  const directory = await emptyFolder();
  await expect(load(directory, { web: { certificate: '.', key: '.' } })).rejects.toMatchObject({
    code: 'certificate-missing',
  });
});

test('an expired certificate is a warning, a valid one is not', async () => {
  const directory = await emptyFolder();
  const warnings: unknown[] = [];
  const context = { ...contextIn(directory), emit: (event: unknown) => warnings.push(event) };
  await renew(directory, 1);
  warnOfExpired(context, await load(directory, { web: LIVE }));
  expect(warnings).toEqual([]);
  await renew(directory, 2, new Date('2020-01-02T03:04:05Z'));
  warnOfExpired(context, await load(directory, { web: LIVE }));
  expect(warnings).toEqual([
    { type: 'warning', text: 'The certificate of web expired on 2020-01-02.' },
  ]);
});
