import { expect, test } from 'vitest';
import { credentialsOf } from '../../../src/project/images/credentials.ts';
import { emptyFolder, writeFiles } from '../../support/fixture-project.ts';

const HUB = 'https://index.docker.io/v1/';

/** What is said of these settings of Docker; FILE stands for their path. */
async function said(reference: string, settings: unknown): Promise<string | undefined> {
  const folder = await emptyFolder();
  if (settings !== undefined) {
    const text = typeof settings === 'string' ? settings : JSON.stringify(settings);
    await writeFiles(folder, { 'config.json': text });
  }
  const words = await credentialsOf({ DOCKER_CONFIG: folder }, reference);
  return words?.replaceAll(`${folder}/config.json`, 'FILE');
}

const IMAGE = 'reg.acme.example:5000/web:1';
const HOST = 'reg.acme.example:5000';

test.each([
  [
    'a store for all',
    IMAGE,
    { credsStore: 'secretservice' },
    `Docker asked the credential helper \`docker-credential-secretservice\` for ${HOST} (\`credsStore\` of FILE).`,
  ],
  [
    'a helper of this registry comes first',
    IMAGE,
    { credsStore: 'pass', credHelpers: { [HOST]: 'ecr-login' } },
    `Docker asked the credential helper \`docker-credential-ecr-login\` for ${HOST} (\`credHelpers\` of FILE).`,
  ],
  [
    'a helper of another registry',
    IMAGE,
    { credHelpers: { 'other.example': 'gcr' } },
    `Docker found no login for ${HOST} in FILE.`,
  ],
  [
    'a login',
    'web:1',
    { auths: { [HUB]: {} } },
    'Docker sent the login for docker.io that is in FILE.',
  ],
  ['no file', IMAGE, undefined, `Docker has no credentials for ${HOST}: there is no FILE.`],
  ['no JSON', IMAGE, 'auth: hidden', `Docker found no login for ${HOST} in FILE.`],
  ['no name', IMAGE, { credsStore: '\u001b[31mx' }, `Docker found no login for ${HOST} in FILE.`],
  [
    'other kinds',
    IMAGE,
    { credsStore: 7, credHelpers: [], auths: null },
    `Docker found no login for ${HOST} in FILE.`,
  ],
])('%s', async (_, reference, settings, words) => {
  expect(await said(reference, settings)).toBe(words);
});

test('nothing of a password is said', async () => {
  const auths = { [HOST]: { auth: 'aGlkZGVu', password: 'hidden' } };
  expect(await said(IMAGE, { auths })).toBe(`Docker sent the login for ${HOST} that is in FILE.`);
});
