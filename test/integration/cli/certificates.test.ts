import { expect, test } from 'vitest';
import { selfSigned } from '../../support/fixture-certificate.ts';
import { canaryAndChanges } from '../../support/fixture-cli.ts';
import { repository, SHOP_FILES, writeFiles } from '../../support/fixture-project.ts';

const SITE = selfSigned('shop.example');
const CANARY = `version: 1
services:
  frontend: { entry: 3000, tls: { certificate: tls/site.pem, key: tls/site.key } }
`;

const folderWith = async (certificate: string, key: string) => {
  const folder = await repository({ ...SHOP_FILES, 'canary.yaml': CANARY });
  await writeFiles(folder, { 'tls/site.pem': certificate, 'tls/site.key': key });
  return folder;
};

test.each([
  [
    'belongs to another',
    SITE.certificate,
    selfSigned('other.example').key,
    'certificate-mismatch',
    'The key DIR/tls/site.key does not belong to the certificate DIR/tls/site.pem.',
  ],
  [
    'is none',
    SITE.certificate,
    'x',
    'certificate-invalid',
    'DIR/tls/site.key has no private key in PEM form.',
  ],
])(
  'a key that %s is rejected before anything changes',
  async (_, certificate, key, code, message) => {
    const folder = await folderWith(certificate, key);
    const { stdout, stderr, exitCode, changes } = await canaryAndChanges(folder, [
      'render',
      '--json',
    ]);
    expect({ exitCode, changes }).toEqual({ exitCode: 2, changes: [] });
    const { error } = JSON.parse(stdout || stderr);
    expect([error.code, error.message]).toEqual([code, message]);
  },
);

test('the override mounts the folder read-only, and contains nothing of the key', async () => {
  const folder = await folderWith(SITE.certificate, SITE.key);
  const { stdout, exitCode } = await canaryAndChanges(folder, ['render']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/source: .*\/tls\n +target: \/etc\/canary\/0\n +read_only: true/);
  for (const line of SITE.key
    .split('\n')
    .filter((each) => each.length > 20 && !each.startsWith('-')))
    expect(stdout).not.toContain(line);
});
