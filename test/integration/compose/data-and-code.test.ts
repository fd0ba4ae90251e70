import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plan } from '../../../src/workflows/plan.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { resolved, serviceOf } from '../../support/fixture-override.ts';
import { branch, type Files, repository, writeFiles } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

/** A shop with a folder `site` that it may write to, and a branch that changes a file in it. */
async function shop(settings = '', files: Files = { 'site/page.html': 'old\n' }): Promise<string> {
  const folder = await repository({
    'docker-compose.yml':
      'name: shop\nservices: { web: { image: x, ports: ["3000:80"], volumes: ["./site:/site"] } }\n',
    'canary.yaml': `version: 1\nservices: { web: { entry: 3000 } }\n${settings}`,
    ...files,
  });
  await branch(folder, 'next', { 'site/page.html': 'new\n' });
  return folder;
}

const sourceIn = async (folder: string) =>
  serviceOf((await resolved(folder, 'next')).after, 'web-canary').volumes?.[0]?.source;

test('a folder for uploads is shared before the first upload too, and `plan` says why', async () => {
  const folder = await shop('', {
    'site/.gitkeep': '',
    '.gitignore': 'site/*\n!site/.gitkeep\n!site/page.html\n',
  });
  expect(await sourceIn(folder)).toBe(join(folder, 'site'));
  const { notes } = await plan(contextIn(folder), 'next', undefined);
  const why = 'it is writable and `.gitignore` ignores new files in it, so it is for data';
  expect(notes).toContain(`web keeps using ${join(folder, 'site')}: ${why}.`);
  expect(notes).toContain(
    `web keeps using ./site: ${why}. So the branch's changes of site/page.html are not tried. If that is code, write \`mounts: { ./site: branch }\` in canary.yaml.`,
  );
});

test('canary.yaml decides what is data and what is code', async () => {
  expect(await sourceIn(await shop())).toMatch(/\.canary\/worktrees\/.+\/site$/);
  const shared = await shop('mounts: { ./site: shared }\n');
  expect(await sourceIn(shared)).toBe(join(shared, 'site'));
  const own = await shop('mounts: { site/: branch }\n');
  await writeFiles(own, { 'site/upload.jpg': 'x\n' });
  expect(await sourceIn(own)).toMatch(/\.canary\/worktrees\/.+\/site$/);
});

test('canary.yaml cannot take from the branch what is not in it', async () => {
  const folder = await repository({
    'docker-compose.yml':
      'name: shop\nservices: { web: { image: x, ports: ["3000:80"], volumes: ["./data:/data"] } }\n',
    'canary.yaml': 'version: 1\nservices: { web: { entry: 3000 } }\nmounts: { ./data: branch }\n',
  });
  await branch(folder, 'next', {});
  expect(await refusal(() => resolved(folder, 'next'))).toMatchObject({
    code: 'config-invalid',
    message: 'canary.yaml takes the mount `./data` from the branch, which has nothing there.',
  });
});

test('a mount in canary.yaml that no chosen service has is refused', async () => {
  expect(
    await refusal(async () => resolved(await shop('mounts: { ./sites: shared }\n'), 'next')),
  ).toMatchObject({
    code: 'config-invalid',
    message: 'canary.yaml names the mount `./sites`, which no chosen service has.',
    hint: 'They have: ./site.',
  });
});

test('`plan` says which settings of the stable the branch removes', async () => {
  const folder = await shop();
  const compose = (environment: string) =>
    `name: shop\nservices: { web: { image: x, ports: ["3000:80"], environment: ${environment} } }\n`;
  await writeFiles(folder, { 'docker-compose.yml': compose('{ KEPT: "1", PAYMENTS: live }') });
  await branch(folder, 'fewer', { 'docker-compose.yml': compose('{ KEPT: "2" }') });
  await writeFiles(folder, { 'docker-compose.yml': compose('{ KEPT: "1", PAYMENTS: live }') });
  const { notes } = await plan(contextIn(folder), 'fewer', undefined);
  expect(notes).toContain(
    'The canary of web has no `PAYMENTS`: the branch removes what the stable has.',
  );
});
