import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canary, canaryAndChanges } from '../../support/fixture-cli.ts';
import { COMPOSE, git, repository } from '../../support/fixture-project.ts';

const WITHOUT_CONFIG = { 'docker-compose.yml': COMPOSE };

describe('init', () => {
  test('asks nothing without a terminal: it names the candidates and stops', async () => {
    const folder = await repository(WITHOUT_CONFIG);
    expect(await canaryAndChanges(folder, ['init'])).toEqual({
      stdout: '',
      stderr: [
        '✖ Which services should have a canary?',
        '  │ discounts: built from this repository',
        '  │ frontend: built from this repository, published on 3000',
        '  Name them: `canary init --service discounts --service frontend`.',
        '',
      ].join('\n'),
      exitCode: 2,
      changes: [],
    });
  });

  test('with --service writes canary.yaml and commits it', async () => {
    const folder = await repository(WITHOUT_CONFIG);
    const argv = ['init', '--service', 'frontend', '--service', 'discounts'];
    const { stdout, exitCode } = await canary(folder, argv);
    const commit = await git(folder, 'rev-parse', '--short=12', 'HEAD');
    expect({ stdout, exitCode }).toEqual({
      stdout: [
        'Wrote DIR/canary.yaml.',
        '  frontend: users reach it on port 3000; the canary alone answers on 13000',
        '  discounts: internal: it publishes no port',
        'A canary gets its users in steps: 5 %, 25 %, 50 % of users, 10m each. Then it becomes the stable; with `promote: manual` you decide.',
        `Committed to main as ${commit}.`,
        'Next: `canary up` puts the proxy in front of your services.',
        '',
      ].join('\n'),
      exitCode: 0,
    });
    expect(await git(folder, 'show', '--stat', '--format=%s', 'HEAD')).toMatch(
      /^Add canary\.yaml\n\n canary\.yaml \|/,
    );
    expect(await git(folder, 'status', '--porcelain')).toBe('');
  });

  test('with --yes chooses what is built here', async () => {
    const folder = await repository(WITHOUT_CONFIG);
    const { stdout } = await canary(folder, ['--yes', '--json', 'init', '--no-commit']);
    expect(JSON.parse(stdout)).toMatchObject({
      path: 'DIR/canary.yaml',
      written: true,
      commit: null,
      branch: 'main',
      services: [
        { service: 'discounts', entry: null },
        { service: 'frontend', entry: 3000 },
      ],
    });
    expect(await git(folder, 'status', '--porcelain')).toBe('?? canary.yaml');
  });

  test('writes what the other commands accept, and the same text every time', async () => {
    const [first, second] = [await repository(WITHOUT_CONFIG), await repository(WITHOUT_CONFIG)];
    const texts = [];
    for (const folder of [first, second]) {
      await canary(folder, ['--yes', 'init']);
      texts.push(await readFile(join(folder, 'canary.yaml'), 'utf8'));
      expect((await canary(folder, ['map'])).exitCode).toBe(0);
    }
    expect(texts[0]).toBe(texts[1]);
  });

  test('keeps an existing canary.yaml', async () => {
    const folder = await repository();
    expect(await canaryAndChanges(folder, ['--yes', 'init'])).toEqual({
      stdout: 'DIR/canary.yaml exists already; it was not changed.\n',
      stderr: '',
      exitCode: 0,
      changes: [],
    });
  });

  test.each([
    ['a stateful service', ['db'], 'service-stateful'],
    ['a service that does not exist', ['shop'], 'service-unknown'],
  ])('rejects %s and writes nothing', async (_, services, code) => {
    const folder = await repository(WITHOUT_CONFIG);
    const options = services.flatMap((service) => ['--service', service]);
    const { stdout, exitCode, changes } = await canaryAndChanges(folder, [
      'init',
      '--json',
      ...options,
    ]);
    expect(JSON.parse(stdout).error.code).toBe(code);
    expect({ exitCode, changes }).toEqual({ exitCode: 2, changes: [] });
  });

  test('adds the service through which users reach a chosen one', async () => {
    const folder = await repository(WITHOUT_CONFIG);
    const argv = ['init', '--no-commit', '--service', 'discounts'];
    expect((await canary(folder, argv)).stdout).toContain(
      [
        '  discounts: internal: it publishes no port',
        '  frontend: added: users reach `discounts` through it (environment DISCOUNTS_URL); users reach it on port 3000; the canary alone answers on 13000',
      ].join('\n'),
    );
  });

  test('rejects what no user can reach, and says what was tried', async () => {
    const compose = 'services:\n  api: { image: acme/api }\n  shop: { image: acme/shop }\n';
    const folder = await repository({ 'docker-compose.yml': compose });
    expect(await canaryAndChanges(folder, ['init', '--service', 'api'])).toEqual({
      stdout: '',
      stderr: [
        '✖ No user can reach `api`, as far as the compose file tells.',
        '  │ its own ports: it publishes none',
        '  │ a proxy of the stack that sends requests to it: none',
        '  │ services that name it in environment, command, links, configuration files or `depends_on`, and that users reach: none',
        '  │ one service alone that users reach on its networks: none',
        '  Publish a port of the service that users come to (`ports: ["8080:80"]`), or name that service too.',
        '',
      ].join('\n'),
      exitCode: 2,
      changes: [],
    });
  });

  test('leaves workers out without a question, says so, and rejects jobs', async () => {
    const compose = COMPOSE.replace(
      'services:\n',
      'services:\n  celery:\n    build: ./discounts\n    command: celery -A shop worker\n  migrate:\n    build: ./discounts\n    command: flask db migrate\n',
    );
    const folder = await repository({ 'docker-compose.yml': compose });
    const refused = await canary(folder, ['init', '--service', 'migrate']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('`database: { migrate: { service: migrate, command: … } }`');
    const { stdout, stderr } = await canary(folder, ['--yes', 'init', '--no-commit']);
    expect(stderr).toContain(
      '`migrate` seems to migrate the database. Nothing runs it for a canary; to run it once before each starts: `database: { migrate: { service: migrate } }` in canary.yaml.',
    );
    expect(stdout).toContain(
      'Left to the stable:\n  celery: takes jobs from a queue; not in the canary unless you choose it\n',
    );
    expect(await readFile(join(folder, 'canary.yaml'), 'utf8')).not.toContain('celery');
  });

  test('names what the canary would share without a rehearsal, and how to allow it', async () => {
    const compose = COMPOSE.replace(
      'services:\n',
      'services:\n  cache:\n    image: registry.example/valkey/valkey:8\n',
    ).replace('discounts:5001\n', 'discounts:5001\n      CACHE_URL: redis://cache:6379/0\n');
    const folder = await repository({ 'docker-compose.yml': compose });
    const { stderr } = await canary(folder, ['init', '--service', 'frontend', '--no-commit']);
    expect(stderr).toBe(
      '! The canary shares `cache` (Redis) with the stable: workers of the canary take work from the same queues. It cannot be rehearsed.\n',
    );
    expect(await readFile(join(folder, 'canary.yaml'), 'utf8')).toContain(
      '# database: { allow: ["unrehearsed:cache"] }\n',
    );
  });

  test('-m sets the message of its commit', async () => {
    const folder = await repository(WITHOUT_CONFIG);
    await canary(folder, ['init', '--yes', '-m', '-x $(id)']);
    expect(await git(folder, 'log', '-1', '--format=%B')).toBe('-x $(id)');
  });
});
