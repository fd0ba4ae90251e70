import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { render } from '../../../src/workflows/render.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { resolved, serviceOf, stableWithoutPorts } from '../../support/fixture-override.ts';
import {
  branch,
  COMPOSE,
  git,
  repository,
  SHOP_FILES,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const FILES = { files: ['docker-compose.yml', 'prod.yml'] };

describe('a project of several files', () => {
  const PROD = `services:
  frontend: { environment: { STAGE: prod }, ports: ["8443:443"] }
  discounts: { environment: { STAGE: prod } }
`;

  test('is cloned with the settings of each', async () => {
    const folder = await repository({ ...SHOP_FILES, 'prod.yml': PROD });
    await branch(folder, 'cheaper', {});
    const { before, after } = await resolved(folder, 'cheaper', FILES);
    expect(serviceOf(after, 'frontend-canary').environment).toEqual({
      DISCOUNTS_URL: 'http://discounts:5001',
      STAGE: 'prod',
    });
    expect(serviceOf(after, 'frontend-canary').ports ?? []).toEqual([]);
    expect(serviceOf(after, 'frontend').ports?.map((port) => port.published)).toEqual(['8443']);
    const names = ['frontend', 'discounts', 'db'];
    expect(stableWithoutPorts(after, names)).toEqual(stableWithoutPorts(await before(), names));
  });

  test('is rejected if a file that defines a clone is not in the branch', async () => {
    const folder = await repository();
    await branch(folder, 'cheaper', {});
    await writeFile(join(folder, 'prod.yml'), PROD);
    const error = await refusal(() => render(contextIn(folder, FILES), 'cheaper'));
    expect(error).toMatchObject({ code: 'compose-file-untracked', exitCode: 2 });
  });
});

describe('files that git does not track', () => {
  const compose = COMPOSE.replace(
    '    expose: ["5001"]',
    `    expose: ["5001"]
    env_file: [secret.env, { path: absent.env, required: false }]
    volumes: [./uploads:/uploads, ./code:/code:ro, /etc/hosts:/hosts]`,
  );

  async function project(): Promise<string> {
    const folder = await repository({
      ...SHOP_FILES,
      'docker-compose.yml': compose,
      'code/app.txt': 'stable\n',
      '.gitignore': '*.env\nuploads\n',
    });
    await branch(folder, 'cheaper', { 'code/app.txt': 'canary\n' });
    await writeFiles(folder, { 'secret.env': 'API_KEY=s3cret\n' });
    await mkdir(join(folder, 'uploads'));
    return folder;
  }

  test('are read as settings from where the user keeps them, and never written elsewhere', async () => {
    const folder = await project();
    const { after, text } = await resolved(folder, 'cheaper');
    expect(serviceOf(after, 'discounts-canary').environment).toMatchObject({ API_KEY: 's3cret' });
    expect(text).not.toContain('s3cret');
    const holders = await git(folder, 'grep', '--no-index', '--files-with-matches', 's3cret');
    expect(holders).toBe('secret.env');
  });

  test('are shared with the stable as data, while code comes from the branch', async () => {
    const folder = await project();
    const { before, after } = await resolved(folder, 'cheaper');
    const mounts = (service: string) =>
      Object.fromEntries(
        (serviceOf(after, service).volumes ?? []).map(({ target, source }) => [target, source]),
      );
    expect(mounts('discounts-canary')).toEqual({
      '/uploads': join(folder, 'uploads'),
      '/code': expect.stringMatching(/\.canary\/worktrees\/[0-9a-f]{12}\/.+\/code$/),
      '/hosts': '/etc/hosts',
    });
    expect(serviceOf(after, 'discounts')).toEqual(serviceOf(await before(), 'discounts'));
  });
});

test('a project in a subfolder of its repository is cloned from there', async () => {
  const files = Object.entries(SHOP_FILES).map(([path, text]) => [`shop/${path}`, text] as const);
  const folder = await repository(Object.fromEntries(files));
  await branch(folder, 'cheaper', {});
  const { after } = await resolved(join(folder, 'shop'), 'cheaper');
  expect(serviceOf(after, 'discounts-canary').build?.context).toMatch(
    /shop\/\.canary\/worktrees\/[0-9a-f]{12}\/.+\/shop\/discounts$/,
  );
});

test('a branch in which a chosen service keeps data is rejected', async () => {
  const folder = await repository();
  await branch(folder, 'cheaper', {
    'docker-compose.yml': COMPOSE.replace('build: ./discounts', 'image: redis:7'),
  });
  const error = await refusal(() => render(contextIn(folder), 'cheaper'));
  expect(error.code).toBe('service-stateful');
});

test('a branch that does not exist is rejected, with the existing ones', async () => {
  const folder = await repository();
  await branch(folder, 'cheaper', {});
  expect(await refusal(() => render(contextIn(folder), 'dearer'))).toMatchObject({
    code: 'branch-unknown',
    message: 'There is no branch `dearer`.',
    hint: 'Create it with `canary branch dearer`. There are: cheaper, main.',
  });
});
