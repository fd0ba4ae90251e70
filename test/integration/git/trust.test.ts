import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkOut } from '../../../src/project/checkout/checkout.ts';
import { trustOf } from '../../../src/project/checkout/trust.ts';
import { loadProject } from '../../../src/project/load.ts';
import {
  checkOutCandidate,
  promotionCandidate,
} from '../../../src/release/promotion/merge-candidate.ts';
import { contextIn } from '../../support/fixture-context.ts';
import {
  branch,
  type Files,
  git,
  repository,
  shareFolders,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const compose = (web: string, rest = '') => `name: shop
services:
  web: { image: example/web, ports: ["3000:80"]${web} }
${rest}`;
const SETTINGS = 'version: 1\nservices: { web: { entry: 3000 } }\n';

let folder: string;
let tries = 0;

const shop = () => repository({ 'docker-compose.yml': compose(''), 'canary.yaml': SETTINGS });

/** What is known of a stable before a push. */
async function stableIn(directory: string) {
  const context = contextIn(directory);
  const project = await loadProject(context);
  return { context, project, trust: await trustOf(context, project) };
}

let common: string;
let stable: Awaited<ReturnType<typeof stableIn>>;

// Read once: a pushed branch changes nothing of it. A test that changes the stable takes a shop of its own.
beforeAll(() =>
  shareFolders(async () => {
    common = await shop();
    stable = await stableIn(common);
  }),
);

beforeEach(() => {
  folder = common;
});

/** Looks at a branch as at one that is pushed. */
async function vet(files: Files = {}): Promise<void> {
  tries += 1;
  await vetCommit(await branch(folder, `next-${tries}`, files));
}

async function vetCommit(commit: string): Promise<void> {
  const { context, project, trust } = folder === common ? stable : await stableIn(folder);
  const checkout = await checkOut(context, project, commit, { vetFiles: trust?.vetFiles });
  await trust?.vet(checkout);
}

async function refused(files: Files): Promise<readonly string[]> {
  const error = await refusal(() => vet(files));
  expect(error.code).toBe('branch-untrusted');
  return error.details;
}

const withWeb = (web: string, rest = '') => ({ 'docker-compose.yml': compose(web, rest) });

describe('a pushed branch is refused', () => {
  test('with a folder of the host, said or led to by a link', async () => {
    expect(await refused(withWeb(', volumes: ["/:/host"]'))).toEqual(['`web` has /']);
    folder = await shop();
    await symlink('/etc', join(folder, 'conf'));
    await git(folder, 'add', 'conf');
    await git(folder, 'commit', '--quiet', '--message', 'Link');
    expect(await refused(withWeb(', volumes: ["./conf/new:/conf:ro"]'))).toEqual([
      '`web` has /etc/new (read-only)',
    ]);
  });

  test('with the folders of git and canary', async () => {
    folder = await shop();
    await mkdir(join(folder, '.canary'), { recursive: true });
    const volumes = ', volumes: ["./.git:/a", "./.canary/releases:/b"]';
    expect(await refused(withWeb(volumes))).toEqual([
      `\`web\` has ${join(folder, '.git')}`,
      `\`web\` has ${join(folder, '.canary/releases')}`,
    ]);
  });

  test('with a folder that holds them', async () => {
    expect(await refused(withWeb(', volumes: [".:/app"]'))).toEqual([`\`web\` has ${folder}`]);
    folder = await shop();
    await writeFiles(folder, withWeb(', volumes: [".:/app"]'));
    await git(folder, 'commit', '--quiet', '--all', '--message', 'Mount');
    await vet({ 'a.txt': '' });
  });

  test('with a service that is not chosen, which would start after a promotion', async () => {
    const evil = '  evil: { image: x, privileged: true, volumes: ["/var/lib:/s"] }\n';
    expect(await refused(withWeb('', evil))).toEqual([
      '`evil` has `privileged`',
      '`evil` has /var/lib',
    ]);
  });

  test('before Compose reads a file that its message would quote', async () => {
    const details = await refused(withWeb(', env_file: /etc/shadow'));
    expect(details).toEqual(['it reads /etc/shadow']);
    expect(await refused(withWeb('', 'include: [/etc/passwd]\n'))).toContain(
      'it reads /etc/passwd',
    );
  });

  test.each([
    ['a line separator', `    # a\u2028    env_file: /etc/shadow\n`],
    ['a lone carriage return', `    # a\r    env_file: /etc/shadow\n`],
    ['a next line', `    # a\u0085    env_file: /etc/shadow\n`],
  ])('with a file that is hidden behind %s', async (_, line) => {
    const text = `${compose('')}  api:\n    image: x\n${line}`;
    expect(await refused({ 'docker-compose.yml': text })).toContain('it reads /etc/shadow');
  });

  test.each([
    ['a binary text', '    env_file: !!binary L2V0Yy9zaGFkb3c=\n'],
    ['tabs that only Compose allows', '    labels: {\n\ta: b}\n    env_file: /etc/shadow\n'],
    ['many aliases', `    env_file: /etc/shadow\nx-a: &a [x]\nx-b: [${'*a,'.repeat(10_001)}]\n`],
    ['a registry', '    env_file: []\ninclude: ["oci://127.0.0.1:1/x:1"]\n'],
    ['a remote', '    extends: { file: "https://127.0.0.1:1/x.git", service: y }\n'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Compose writes variables.
    ['a variable without a value', '    env_file: ["${NOTHING:-}"]\n'],
  ])('with a file that canary cannot read as Compose does: %s', async (_, rest) => {
    const text = `${compose('')}  api:\n    image: x\n${rest}`;
    const details = await refused({ 'docker-compose.yml': text });
    expect(details[0]).toMatch(/^canary cannot follow .*(docker-compose\.yml|127\.0\.0\.1)/);
  });

  test('with a path whose variable an included folder sets itself', async () => {
    const details = await refused({
      ...withWeb('', 'include: [part/compose.yml]\n'),
      'part/.env': 'WHERE=/etc/shadow\n',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as Compose writes variables.
      'part/compose.yml': 'services: { api: { image: x, env_file: "${WHERE:-a.env}" } }\n',
      'part/a.env': '',
    });
    expect(details).toEqual([expect.stringMatching(/^canary cannot follow .*part\/compose\.yml/)]);
  });

  test('with a .env that leads out', async () => {
    folder = await shop();
    await symlink('/etc/shadow', join(folder, '.env'));
    await git(folder, 'add', '.env');
    await git(folder, 'commit', '--quiet', '--message', 'Link');
    // What is pushed has the link; the stable does not.
    await rm(join(folder, '.env'));
    expect(await refused({})).toEqual(['it reads /etc/shadow']);
  });

  test('with a canary.yaml that leads out, which a message would quote', async () => {
    folder = await shop();
    await git(folder, 'checkout', '--quiet', '-b', 'linked');
    await git(folder, 'rm', '--quiet', 'canary.yaml');
    await symlink('/etc/shadow', join(folder, 'canary.yaml'));
    await git(folder, 'add', 'canary.yaml');
    await git(folder, 'commit', '--quiet', '--message', 'Link');
    const commit = (await git(folder, 'rev-parse', 'HEAD')).trim();
    await git(folder, 'checkout', '--quiet', 'main');
    expect((await refusal(() => vetCommit(commit))).details).toEqual(['it reads /etc/shadow']);
  });

  test('with files in the folder of canary', async () => {
    expect(await refused({ '.canary/lock.json': '{}' })).toEqual([
      "it changes files of canary's own: .canary/lock.json",
    ]);
  });

  test.each(['.hooks', './.hooks/', '.hooks/_'])(
    'with hooks of git, if git looks for them in the working tree: %s',
    async (setting) => {
      folder = await shop();
      await git(folder, 'config', 'core.hooksPath', setting);
      await vet({ 'hooks/post-merge': 'x\n' });
      expect(await refused({ '.hooks/post-merge': 'x\n' })).toEqual([
        'it changes hooks that git runs on this machine: .hooks/post-merge',
      ]);
    },
  );

  test('with a program in canary.yaml that the stable does not run', async () => {
    const hooks = `${SETTINGS}hooks: { onRevert: [{ run: [rm, -rf, /] }] }\nreceive: { trust: full }\n`;
    expect(await refused({ 'canary.yaml': hooks })).toEqual([
      'its canary.yaml runs ["rm","-rf","/"]',
      'its canary.yaml has `receive.trust: full`',
    ]);
  });
});

describe('a pushed branch is refused with what only a promotion would bring', () => {
  const evil = 'evil: { image: x, privileged: true }';
  const other = `services: { ${evil} }\n`;

  test.each<[string, Files, string]>([
    ['an override', { 'docker-compose.override.yml': other }, 'docker-compose.override.yml'],
    ['a preferred name', { 'compose.yaml': compose('', `  ${evil}\n`) }, 'compose.yaml'],
    [
      'COMPOSE_FILE',
      { '.env': 'COMPOSE_FILE=docker-compose.yml:other.yml\n', 'other.yml': other },
      'other.yml',
    ],
  ])('a compose file that Compose takes by itself: %s', async (_, files, name) => {
    expect(await refused(files)).toEqual([
      expect.stringMatching(`^Compose takes other files in its folder: .*/${name}$`),
    ]);
  });

  test('another name, and so the volumes of another project', async () => {
    const named = { 'docker-compose.yml': compose('').replace('name: shop', 'name: other') };
    expect(await refused(named)).toContain('it names the project `other`');
    folder = await repository({
      'docker-compose.yml': compose('').replace('name: shop\n', ''),
      'canary.yaml': SETTINGS,
    });
    const settings = { '.env': 'COMPOSE_PROJECT_NAME=other\n' };
    expect(await refused(settings)).toContain('it names the project `other`');
  });

  test('a service of a profile that is off, whose settings may be missing', async () => {
    const off = (rest: string) =>
      withWeb('', `  tool: { image: x, profiles: [debug], env_file: missing.env${rest} }\n`);
    expect(await refused(off(', privileged: true'))).toEqual(['`tool` has `privileged`']);
    await vet(off(''));
  });

  test('a path that leads elsewhere from the user’s folder than from the deeper checkout', async () => {
    const climb = '../'.repeat(5);
    expect(await refused(withWeb(`, volumes: ["${climb}etc:/x"]`))).toEqual([
      '`web` has a path with more `..` than there are folders above',
    ]);
    const settings = `, env_file: [{ path: ${climb}etc/shadow, required: false }]`;
    expect(await refused(withWeb(settings))).toEqual([
      'it reads a path with more `..` than there are folders above',
    ]);
    folder = await shop();
    await git(folder, 'checkout', '--quiet', '-b', 'linked');
    await symlink(`${climb}etc`, join(folder, 'link'));
    await writeFiles(folder, withWeb(', volumes: ["./link:/x"]'));
    await git(folder, 'add', '.');
    await git(folder, 'commit', '--quiet', '--message', 'Link');
    const commit = (await git(folder, 'rev-parse', 'HEAD')).trim();
    await git(folder, 'checkout', '--quiet', 'main');
    expect((await refusal(() => vetCommit(commit))).details).toEqual(['`web` has /etc']);
  });

  test('a file that is gone then, whose variables Compose has now', async () => {
    folder = await repository({
      'docker-compose.yml': compose(''),
      'canary.yaml': SETTINGS,
      '.env': 'IS=false\n',
    });
    await git(folder, 'checkout', '--quiet', '-b', 'gone');
    await git(folder, 'rm', '--quiet', '.env');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Compose writes variables.
    await writeFiles(folder, withWeb(', privileged: "${IS:-true}"'));
    await git(folder, 'commit', '--quiet', '--all', '--message', 'Gone');
    const commit = (await git(folder, 'rev-parse', 'HEAD')).trim();
    await git(folder, 'checkout', '--quiet', 'main');
    expect((await refusal(() => vetCommit(commit))).details).toEqual([
      'it removes .env, which Compose reads',
    ]);
  });
});

describe('a pushed branch is refused with a port of the machine', () => {
  const ports = (list: string) => ({
    'docker-compose.yml': compose('').replace('"3000:80"', list),
  });

  test.each([
    ['"3000:80", "8080:80"', ['8080/tcp']],
    ['"3000:80", "80"', ['of any number/tcp']],
    ['"3000:80", "3000:80/udp"', ['3000/udp']],
  ])('that the stable does not publish: %s', async (list, said) => {
    expect(await refused(ports(list))).toEqual(
      said.map((port) => `\`web\` has the published port ${port}`),
    );
  });

  test('at an address where the stable does not publish it', async () => {
    folder = await shop();
    await writeFiles(folder, ports('"127.0.0.1:3000:80"'));
    await git(folder, 'commit', '--quiet', '--all', '--message', 'Loopback');
    expect(await refused(ports('"3000:80"'))).toEqual(['`web` has the published port 3000/tcp']);
    await vet(ports('"127.0.0.1:3000:81"'));
  });

  test('that its canary.yaml opens', async () => {
    const settings =
      'version: 1\nservices: { web: { entry: 3000, preview: 4000 } }\nproxy: { metrics: 4001 }\n';
    expect(await refused({ 'canary.yaml': settings })).toEqual([
      'its canary.yaml publishes port 4000',
      'its canary.yaml publishes port 4001',
    ]);
  });
});

test('a pushed branch is refused with another proxy image, or files of the machine for it', async () => {
  const tls = '{ certificate: /etc/ssl/site.pem, key: ./own.key }';
  const settings = `version: 1\nservices: { web: { entry: 3000, tls: ${tls} } }\nproxy: { image: evil }\n`;
  expect(await refused({ 'canary.yaml': settings })).toEqual([
    'its canary.yaml has the proxy image evil',
    'its canary.yaml reads /etc/ssl/site.pem (`tls`)',
  ]);
});

test('a merge that gets more than the branch had when it was pushed is not promoted', async () => {
  const service = (name: string, ...more: string[]) =>
    [`  ${name}:`, '    restart: always', '    image: example/tool', ...more, ''].join('\n');
  folder = await repository({
    'docker-compose.yml': compose('', service('tool')),
    'canary.yaml': SETTINGS,
  });
  const commit = await branch(folder, 'canary', {
    'docker-compose.yml': compose('', service('evil')),
  });
  await vetCommit(commit);
  await writeFiles(folder, {
    'docker-compose.yml': compose('', service('tool', '    privileged: true')),
  });
  await git(folder, 'commit', '--quiet', '--all', '--message', 'The stable moves on');
  const { context, project } = await stableIn(folder);
  const release = { id: 'x', branch: 'canary', commit, services: ['web'] };
  const merged = await promotionCandidate(context, project, release, undefined);
  expect(await git(folder, 'show', `${merged}:docker-compose.yml`)).toMatch(
    /evil:[^:]*:[^:]*:[^:]*privileged/,
  );
  const pushed = { ...release, isPushed: true } as const;
  const error = await refusal(() => checkOutCandidate(context, project, pushed, merged));
  expect(error).toMatchObject({
    code: 'branch-untrusted',
    details: ['`evil` has `privileged`'],
  });
  // Who deploys by hand may do anything.
  await checkOutCandidate(context, project, release, merged);
});

describe('a pushed branch is accepted', () => {
  test('with what the stable has, and with the project’s own', async () => {
    await vet({
      'docker-compose.yml': compose(', volumes: ["./data:/data"], environment: { A: "1" }'),
    });
  });

  test('with the user’s own files beside it, that git does not track', async () => {
    folder = await shop();
    await writeFiles(folder, {
      'docker-compose.override.yml': 'services: { tool: { image: x, privileged: true } }\n',
      '.env': 'A=1\n',
    });
    await mkdir(join(folder, '.git/info'), { recursive: true });
    await writeFiles(folder, { '.git/info/exclude': '.env\n*.override.yml\n' });
    await vet({ 'a.txt': '' });
  });

  test('with anything, if the stable trusts who may push', async () => {
    folder = await shop();
    await writeFiles(folder, { 'canary.yaml': `${SETTINGS}receive: { trust: full }\n` });
    await git(folder, 'commit', '--quiet', '--all', '--message', 'Trust');
    await vet(withWeb(', volumes: ["/:/host"], privileged: true'));
  });
});
