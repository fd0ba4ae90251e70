import { mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plan } from '../../../src/workflows/plan.ts';
import { render } from '../../../src/workflows/render.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { resolved, serviceOf } from '../../support/fixture-override.ts';
import {
  branch,
  emptyFolder,
  type Files,
  git,
  repository,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

/** A folder with the repository `app` and, beside it, files of no repository. */
async function project(services: string, beside: Files, files: Files = {}): Promise<string> {
  const home = await emptyFolder();
  await writeFiles(home, beside);
  const folder = join(home, 'app');
  const shop = await repository({
    'docker-compose.yml': `name: shop\nservices:\n${services}`,
    'canary.yaml': 'version: 1\nservices: { web: { entry: 3000 } }\n',
    ...files,
  });
  await rename(shop, folder);
  await branch(folder, 'next', {});
  return folder;
}

const WEB = '  web:\n    image: example/web\n    ports: ["3000:80"]\n';

describe('a clone uses what lies beside the repository where it really is', () => {
  test.each([
    ['..', '../shared', 'shared'],
    ['../..', '../../shared', '../shared'],
    ['the project three folders up', '../../../canary-none', '../../canary-none'],
  ])('mounted from %s', async (_, written, real) => {
    const folder = await project(`${WEB}    volumes: ["${written}:/data"]\n`, {
      'shared/first.txt': 'x\n',
    });
    const { after, before } = await resolved(folder, 'next');
    expect(serviceOf(after, 'web-canary').volumes?.[0]).toMatchObject({
      source: join(folder, '..', real),
      target: '/data',
    });
    expect(serviceOf(after, 'web-canary').volumes).toEqual(
      serviceOf(await before(), 'web').volumes,
    );
  });

  test('which `plan` says', async () => {
    const folder = await project(`${WEB}    volumes: ["../shared:/data"]\n`, { 'shared/a': 'x\n' });
    const { mounts, notes } = await plan(contextIn(folder), 'next', undefined);
    const source = join(folder, '../shared');
    expect(mounts).toMatchObject([{ service: 'web', source, from: 'machine' }]);
    expect(notes).toContain(
      `web shares ${source} with the stable: it lies outside of the repository.`,
    );
  });

  test('as settings, secrets, included files and what it is built from', async () => {
    const services = `  web:
    build: { context: ../code, additional_contexts: { lib: ../lib } }
    ports: ["3000:80"]
    env_file: [../shared/settings.env]
    secrets: [key]
    configs: [page]
include: [../common/db.yml]
secrets: { key: { file: ../shared/key.txt } }
configs: { page: { file: ../shared/page.html } }
`;
    const folder = await project(services, {
      'code/Dockerfile': 'FROM scratch\n',
      'lib/a.txt': 'x\n',
      'shared/settings.env': 'GREETING=hello\n',
      'shared/key.txt': 'k\n',
      'shared/page.html': 'p\n',
      'common/db.yml': 'services: { db: { image: postgres } }\n',
    });
    await branch(folder, 'more', {
      'docker-compose.yml': `name: shop\nservices:\n${services}`
        .replace('configs: { page:', 'configs: { new: { file: ../shared/page.html }, page:')
        .replace('[page]', '[page, new]'),
    });
    const { after } = await resolved(folder, 'more');
    const clone = serviceOf(after, 'web-canary');
    expect(clone.environment).toEqual({ GREETING: 'hello' });
    expect(after.secrets?.key?.file).toBe(join(folder, '../shared/key.txt'));
    expect(after.configs?.['new-canary']?.file).toBe(join(folder, '../shared/page.html'));
    const { realpath } = await import('node:fs/promises');
    expect(await realpath(clone.build?.context ?? '')).toBe(join(folder, '../code'));
    expect(await realpath(clone.build?.additional_contexts?.lib ?? '')).toBe(
      join(folder, '../lib'),
    );
  });

  test('through a link that git tracks', async () => {
    const folder = await project(
      `${WEB}    volumes: ["./uploads:/data"]\n    env_file: [conf/web.env]\n`,
      { 'shared/a.txt': 'x\n', 'settings/web.env': 'FROM=beside\n' },
    );
    await git(folder, 'switch', '--quiet', 'next');
    await symlink('../shared', join(folder, 'uploads'));
    await symlink('../settings', join(folder, 'conf'));
    await git(folder, 'add', '--all');
    await git(folder, 'commit', '--quiet', '--message', 'Links');
    await git(folder, 'switch', '--quiet', 'main');
    await git(folder, 'merge', '--quiet', 'next');
    const { after } = await resolved(folder, 'next');
    expect(serviceOf(after, 'web-canary').volumes?.[0]?.source).toBe(join(folder, 'uploads'));
    expect(serviceOf(after, 'web-canary').environment).toEqual({ FROM: 'beside' });
  });

  test('but is rejected if it is built from a folder above the repository', async () => {
    const folder = await project(
      '  web:\n    build: { context: .., dockerfile: app/Dockerfile }\n    ports: ["3000:80"]\n',
      {},
      { Dockerfile: 'FROM scratch\n' },
    );
    expect(await refusal(() => render(contextIn(folder), 'next'))).toMatchObject({
      code: 'service-not-cloneable',
      message: `Service \`web\` is built from ${join(folder, '..')}, which contains the repository.`,
    });
  });
});

describe('settings that git does not track', () => {
  test('are found through variables in their names, wherever these are set', async () => {
    const services = `${WEB}    env_file:
      - { path: "./env/\${STAGE:-production}.env", required: false }
      - ./env/\${KIND}.env
`;
    const folder = await project(services, {}, { '.gitignore': 'env\n.env\n' });
    await writeFiles(folder, {
      '.env': 'KIND=common\n',
      'env/production.env': 'PAYMENTS=live\n',
      'env/common.env': 'KIND=common\n',
    });
    const { after, text } = await resolved(folder, 'next');
    expect(serviceOf(after, 'web-canary').environment).toEqual({
      PAYMENTS: 'live',
      KIND: 'common',
    });
    expect(text).not.toContain('live');
  });

  test('are found in included and extended files that git does not track either', async () => {
    const folder = await project(
      `${WEB}    extends: { file: base.yml, service: base }\ninclude: [local.yml]\n`,
      {},
      { '.gitignore': 'local.yml\n*.env\nbase.yml\n' },
    );
    await writeFiles(folder, {
      'local.yml': 'services: { db: { image: postgres, env_file: db.env } }\n',
      'db.env': 'A=1\n',
      'base.yml': 'services: { base: { image: x, env_file: base.env } }\n',
      'base.env': 'BASE=1\n',
    });
    const { after } = await resolved(folder, 'next');
    expect(serviceOf(after, 'web-canary').environment).toEqual({ BASE: '1' });
  });
});

test('a folder that is to come beside the repository is not created by canary', async () => {
  const folder = await project(`${WEB}    volumes: ["../later:/data"]\n`, {});
  await mkdir(join(folder, '../other'));
  const { after } = await resolved(folder, 'next');
  expect(serviceOf(after, 'web-canary').volumes?.[0]?.source).toBe(join(folder, '../later'));
});
