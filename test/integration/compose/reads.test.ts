import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadComposeProject } from '../../../src/project/load.ts';
import { composeCli } from '../../../src/system/docker/compose.ts';
import { processRunner } from '../../../src/system/process.ts';
import { canary } from '../../support/fixture-cli.ts';
import { contextIn, neverAsked } from '../../support/fixture-context.ts';
import { type Files, repository } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const run = promisify(execFile);

const web = (image: string) => `services:\n  web:\n    image: ${image}\n`;
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = NAMES.map((name) => name.replace('.', '.override.'));
const ALL = Object.fromEntries([...NAMES, ...OVERRIDES].map((name) => [name, web(name)]));
const butFor = (...names: string[]): Files =>
  Object.fromEntries(Object.entries(ALL).filter(([name]) => !names.includes(name)));

interface Situation {
  files: Files;
  /** The working directory, inside the project. */
  at?: string;
  env?: Record<string, string>;
  args?: string[];
}

/** The model that canary reads and that of plain `docker compose config`, called the same way. */
async function bothModels({ files, at = '.', env = {}, args = [] }: Situation) {
  const directory = join(await repository({ 'sub/.keep': '', ...files }), at);
  const all = { PATH: process.env.PATH, HOME: process.env.HOME, ...env };
  const values = (flag: string) =>
    args.flatMap((arg, index) => (args[index - 1] === flag ? [arg] : []));
  const context = contextIn(directory, {
    files: values('-f'),
    envFiles: values('--env-file').map((file) => join(directory, file)),
    profiles: values('--profile'),
  });
  const compose = {
    ...composeCli(processRunner(all), neverAsked),
    version: context.compose.version,
  };
  const { model } = await loadComposeProject({ ...context, env: all, compose });
  const config = ['compose', ...args, 'config', '--format', 'json'];
  const { stdout } = await run('docker', config, { cwd: directory, env: all });
  // Compose prints it as input for itself, with every dollar doubled.
  const asItIs = (_: string, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('$$', () => '$') : value;
  return { ours: model, theirs: JSON.parse(stdout, asItIs) };
}

const SETTINGS = `services:\n  web: { image: "x:\${TAG:-none}", environment: { A: "\${A:-unset}" } }\n`;
const OF_ENV = { 'docker-compose.yml': web('usual'), 'a.yml': web('a'), 'b.yml': web('b') };
const PROFILES = {
  'compose.yaml': `${web('x')}  dev: { image: dev, profiles: [dev] }\n  ci: { image: ci, profiles: [ci] }\n`,
};

test.each<[string, Situation]>([
  ['every usual name at once', { files: ALL }],
  ['all but the first', { files: butFor('compose.yaml', 'compose.override.yml') }],
  [
    'docker-compose twice',
    {
      files: butFor('compose.yaml', 'compose.yml', 'compose.override.yml', 'compose.override.yaml'),
    },
  ],
  ['.yaml alone', { files: { 'docker-compose.yaml': web('x') } }],
  ['a folder below', { files: ALL, at: 'sub' }],
  ['several -f', { files: OF_ENV, args: ['-f', 'b.yml', '-f', 'a.yml'] }],
  [
    '-f elsewhere',
    {
      files: { 'sub/c.yml': SETTINGS, '.env': 'TAG=1\n', 'sub/.env': 'A=2\n' },
      args: ['-f', 'sub/c.yml'],
    },
  ],
  ['COMPOSE_FILE', { files: OF_ENV, env: { COMPOSE_FILE: 'a.yml:b.yml' } }],
  ['COMPOSE_FILE in .env', { files: { ...OF_ENV, '.env': 'COMPOSE_FILE=b.yml:a.yml\n' } }],
  [
    'its separator',
    { files: { ...OF_ENV, '.env': "COMPOSE_FILE='b.yml,a.yml'\nCOMPOSE_PATH_SEPARATOR=,\n" } },
  ],
  ['a variable in it', { files: { ...OF_ENV, '.env': `X=a\nexport COMPOSE_FILE=\${X}.yml\n` } }],
  [
    '.env with a byte order mark and CRLF',
    { files: { ...OF_ENV, '.env': '\uFEFFCOMPOSE_FILE=a.yml\r\nTAG=1\r\n' } },
  ],
  [
    'COMPOSE_FILE of a folder below',
    {
      files: {
        'sub/c.yml': SETTINGS,
        '.env': 'COMPOSE_FILE=sub/c.yml\nTAG=7\nA=1\n',
        'sub/.env': 'TAG=8\n',
      },
    },
  ],
  [
    'COMPOSE_FILE in --env-file',
    { files: { ...OF_ENV, 'o.env': 'COMPOSE_FILE=b.yml\n' }, args: ['--env-file', 'o.env'] },
  ],
  [
    'COMPOSE_ENV_FILES',
    { files: { ...OF_ENV, 'o.env': 'COMPOSE_FILE=b.yml\n' }, env: { COMPOSE_ENV_FILES: 'o.env' } },
  ],
  [
    'COMPOSE_ENV_FILES from below',
    {
      files: { 'compose.yaml': SETTINGS, 'sub/o.env': 'TAG=1\n' },
      at: 'sub',
      env: { COMPOSE_ENV_FILES: 'o.env' },
    },
  ],
  [
    'no .env wanted',
    {
      files: { ...OF_ENV, '.env': 'COMPOSE_FILE=b.yml\n' },
      env: { COMPOSE_DISABLE_ENV_FILE: '1' },
    },
  ],
  [
    '.env here and in the project',
    {
      files: { 'compose.yaml': SETTINGS, '.env': 'TAG=1\nA=1\n', 'sub/.env': 'TAG=2\n' },
      at: 'sub',
    },
  ],
  [
    '.env in the project alone',
    { files: { 'compose.yaml': SETTINGS, '.env': 'TAG=1\n' }, at: 'sub' },
  ],
  [
    '--env-file over .env',
    {
      files: { 'compose.yaml': SETTINGS, '.env': 'TAG=1\nA=1\n', 'o.env': 'A=2\n' },
      args: ['--env-file', 'o.env'],
    },
  ],
  [
    'env_file, optional and raw',
    {
      files: {
        'compose.yaml': `services:\n  web:\n    image: x\n    env_file:\n      - a.env\n      - { path: gone.env, required: false }\n      - { path: raw.env, format: raw }\n`,
        'a.env': 'A="quoted $HOME"\n',
        'raw.env': 'B="as it is $HOME"\n',
      },
    },
  ],
  ['profiles', { files: PROFILES, args: ['--profile', 'dev'] }],
  ['COMPOSE_PROFILES', { files: PROFILES, env: { COMPOSE_PROFILES: 'ci,dev' } }],
  [
    'COMPOSE_PROFILES in .env',
    { files: { ...PROFILES, '.env': 'COMPOSE_PROFILES=ci\n' }, at: 'sub' },
  ],
  ['COMPOSE_PROJECT_NAME', { files: { ...OF_ENV, '.env': 'COMPOSE_PROJECT_NAME=named\n' } }],
  ['name', { files: { 'compose.yaml': `name: own\n${web('x')}` } }],
  [
    'include',
    {
      files: {
        'compose.yaml': `include: [sub/c.yml]\n${web('x')}`,
        'sub/c.yml': `services:\n  api: { image: "api:\${TAG:-1}", volumes: [./d:/d] }\n`,
        'sub/.env': 'TAG=5\n',
      },
    },
  ],
  [
    'extends',
    {
      files: {
        'compose.yaml':
          'services:\n  web: { extends: { file: sub/base.yml, service: base }, image: web }\n',
        'sub/base.yml':
          'services:\n  base: { image: base, environment: { A: b }, volumes: [./d:/d] }\n',
      },
    },
  ],
  [
    'anchors, merge keys and x-',
    {
      files: {
        'compose.yaml':
          'x-base: &base { image: x, environment: &env { A: "1" } }\nservices:\n  web: { <<: *base, environment: { <<: *env, B: "2" } }\n',
      },
    },
  ],
  [
    'CRLF, a byte order mark, letters of every kind, dollars',
    {
      files: {
        'compose.yaml':
          '\uFEFFservices:\r\n  web:\r\n    image: x\r\n    environment: { GRÜSSE: "5$$ für ☕" }\r\n',
      },
    },
  ],
  [
    'short and long syntaxes',
    {
      files: {
        'compose.yaml':
          'services:\n  web:\n    image: x\n    ports: ["127.0.0.1:80-81:90-91/udp", { target: 5, published: "6", mode: host }]\n    volumes: [/anonymous, { type: tmpfs, target: /t }, "v:/v:ro"]\n    depends_on: [db]\n    labels: [a=b]\n  db: { image: y }\nvolumes: { v: }\n',
      },
    },
  ],
])('canary reads what Compose reads: %s', async (_, situation) => {
  const { ours, theirs } = await bothModels(situation);
  expect(ours).toEqual(theirs);
});

test('canary’s own override among the files is ignored', async () => {
  const files = { 'compose.yaml': web('x'), '.canary/override.yml': web('y') };
  const directory = await repository(files);
  const context = contextIn(directory, { files: ['compose.yaml', '.canary/override.yml'] });
  expect((await loadComposeProject(context)).files).toEqual([join(directory, 'compose.yaml')]);
});

describe('what Compose rejects is reported with its position', () => {
  test.each<[string, Files, string]>([
    [
      'a variable',
      { 'compose.yaml': `services:\n  web:\n    image: "x:\${TAG:?which one}"\n` },
      'The variable `TAG` has no value: which one (compose.yaml:3).',
    ],
    [
      'a variable in a list, without words',
      {
        'compose.yaml': `# \${A:?}\nservices:\n  web:\n    image: x\n    command:\n      - run\n      - \${A:?}\n`,
      },
      'The variable `A` has no value (compose.yaml:7).',
    ],
    [
      'a variable of an anchor',
      {
        'compose.yaml': `x-e: &e\n  A: \${A?no A}\nservices:\n  web:\n    image: x\n    environment:\n      <<: *e\n`,
      },
      'The variable `A` has no value: no A (compose.yaml:2).',
    ],
    [
      'a variable of an included file',
      {
        'compose.yaml': 'include: [sub/api.yml]\n',
        'sub/api.yml': `services:\n  api:\n    image: \${TAG:?}\n`,
      },
      'The variable `TAG` has no value (sub/api.yml:3).',
    ],
    [
      'a field of a name with dots',
      { 'compose.yaml': 'services:\n  api.v1:\n    image: x\n    ports: 3\n' },
      'Compose refuses the compose file (compose.yaml:4).',
    ],
    [
      'a network that is not there',
      { 'compose.yaml': 'services:\n  web:\n    image: x\n    networks: [gone]\n' },
      'Compose refuses the compose file (compose.yaml:2).',
    ],
    [
      'a key that is there twice',
      { 'compose.yaml': 'services:\n  web:\n    image: x\n    image: y\n' },
      'Compose refuses the compose file (compose.yaml:4).',
    ],
    [
      'no YAML',
      { 'compose.yaml': 'services:\n  {% if a %}\n  web: { image: x }\n' },
      'Compose refuses the compose file (compose.yaml:2).',
    ],
    [
      'a file of settings',
      { 'compose.yaml': `${web('x')}    env_file: [a.env]\n`, 'a.env': 'A=1\nB C=2\n' },
      'Compose refuses the compose file (a.env:2).',
    ],
  ])('%s', async (_, files, message) => {
    const directory = await repository(files);
    const error = await refusal(() => loadComposeProject(contextIn(directory)));
    expect(error).toMatchObject({ code: 'compose-file-invalid', exitCode: 2, message });
    expect(error.details.join('\n')).not.toContain('level=warning');
  });

  test('on the command line too', async () => {
    const directory = await repository({
      'compose.yaml': `services:\n  web: { image: "\${TAG:?t}" }\n`,
    });
    const { exitCode, stderr } = await canary(directory, ['init', '--yes']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The variable `TAG` has no value: t (compose.yaml:2).');
  });
});
