import { describe, expect, test } from 'vitest';
import { canaryAndChanges } from '../../support/fixture-cli.ts';
import {
  CANARY,
  COMPOSE,
  emptyFolder,
  repository,
  SHOP_FILES,
  writeFiles,
} from '../../support/fixture-project.ts';

const COMMANDS = [['up'], ['map'], ['render'], ['status'], ['abort'], ['deploy', '--branch', 'x']];

describe.each(COMMANDS)('canary %s', (...argv) => {
  test('is rejected without a compose file', async () => {
    const folder = await emptyFolder();
    expect(await canaryAndChanges(folder, argv)).toEqual({
      stdout: '',
      stderr:
        '✖ No compose file in DIR or above it.\n  Go to the folder of your docker-compose.yml, or name it with `-C DIR` or `-f FILE`.\n',
      exitCode: 2,
      changes: [],
    });
  });
});

describe.each([['plan', '--branch', 'x'], ['render', '--branch', 'x'], ['rehearse']])(
  'canary %s',
  (...argv) => {
    test('is rejected without a git repository', async () => {
      const folder = await emptyFolder();
      await writeFiles(folder, SHOP_FILES);
      expect(await canaryAndChanges(folder, argv)).toMatchObject({
        stdout: '',
        stderr:
          '✖ DIR is not in a git repository.\n  A branch needs one: run `git init` and commit your project. Images that were built elsewhere need none: `canary deploy --tag TAG`.\n',
        exitCode: 2,
      });
    });
  },
);

describe.each(COMMANDS.filter(([name]) => name !== 'map'))('canary %s', (...argv) => {
  test('is rejected without canary.yaml', async () => {
    const folder = await repository({ 'docker-compose.yml': COMPOSE });
    expect(await canaryAndChanges(folder, argv)).toEqual({
      stdout: '',
      stderr:
        '✖ There is no DIR/canary.yaml.\n  Run `canary init` to choose the services and write it.\n',
      exitCode: 2,
      changes: [],
    });
  });
});

/** A choice in canary.yaml that the compose file does not allow, and the error. */
const CHOICES: [name: string, services: string, message: string, hint: string][] = [
  [
    'a service that does not exist',
    '{ shop: { entry: 3000 } }',
    'There is no service `shop` in the compose file.',
    'It has: db, discounts, frontend.',
  ],
  [
    'a stateful service',
    '{ frontend: { entry: 3000 }, db: {} }',
    'Service `db` keeps data (its image is postgres:17); it is shared with the canary, never cloned.',
    'Take `db` out of the chosen services: the canary uses the one that runs. If that is a wrong guess, write `roles: { db: app }` in canary.yaml, or give `canary init` the flag `--role db=app`.',
  ],
  [
    'a port that is not published',
    '{ frontend: { entry: 8080 } }',
    'Service `frontend` does not publish port 8080.',
    'It publishes 3000.',
  ],
  [
    'an entry without any port',
    '{ discounts: { entry: 5001 } }',
    'Service `discounts` does not publish port 5001.',
    'It publishes no port; an entry needs one.',
  ],
];

test.each(CHOICES)('a choice of %s is rejected', async (_, services, message, hint) => {
  const folder = await repository({
    ...SHOP_FILES,
    'canary.yaml': `version: 1\nservices: ${services}\n`,
  });
  expect(await canaryAndChanges(folder, ['up'])).toEqual({
    stdout: '',
    stderr: `✖ ${message}\n  ${hint}\n`,
    exitCode: 2,
    changes: [],
  });
});

test('every problem of canary.yaml is reported with its line', async () => {
  const folder = await repository({
    ...SHOP_FILES,
    'canary.yaml': CANARY.replace('version: 1', 'version: 3').replace('13000', '"no"'),
  });
  expect(await canaryAndChanges(folder, ['render'])).toEqual({
    stdout: '',
    stderr: [
      '✖ DIR/canary.yaml is not valid.',
      '  │ line 1, column 10, version: is not a version this program knows (1)',
      '  │   1 | version: 3',
      '  │     |          ^',
      '  │ line 3, column 37, services.frontend.preview: is not a port, a whole number from 1 to 65535',
      '  │   3 |   frontend: { entry: 3000, preview: "no" }',
      '  │     |                                     ^^^^',
      '  Correct the lines above; templates/canary.yaml in the package of canary lists every setting.',
      '',
    ].join('\n'),
    exitCode: 2,
    changes: [],
  });
});

test('a compose file that Compose rejects is reported with Compose’s message', async () => {
  const folder = await repository({ ...SHOP_FILES, 'docker-compose.yml': 'services: 5\n' });
  const { stderr, exitCode, changes } = await canaryAndChanges(folder, ['map']);
  expect(stderr).toMatch(/^✖ Compose refuses the compose file\.\n {2}│ .*services/);
  expect({ exitCode, changes }).toEqual({ exitCode: 2, changes: [] });
});

test('a rejection with --json is one document on stdout and nothing else', async () => {
  const folder = await repository({ 'docker-compose.yml': COMPOSE });
  const outcome = await canaryAndChanges(folder, ['up', '--json']);
  expect(outcome).toMatchObject({ stderr: '', exitCode: 2, changes: [] });
  expect(JSON.parse(outcome.stdout)).toEqual({
    error: {
      code: 'config-missing',
      message: 'There is no DIR/canary.yaml.',
      hint: 'Run `canary init` to choose the services and write it.',
    },
  });
});
