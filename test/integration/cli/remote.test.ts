import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { canary, canaryAndChanges, engineOff } from '../../support/fixture-cli.ts';
import { emptyFolder, git, repository } from '../../support/fixture-project.ts';

let laptop: string;
let server: string;

beforeEach(async () => {
  laptop = await repository();
  server = await emptyFolder();
});

describe('canary remote add', () => {
  test('prints what to push, without an engine', async () => {
    const outcome = await canary(
      laptop,
      ['remote', 'add', 'deploy', join(server, 'shop.git')],
      await engineOff(),
    );
    expect({ ...outcome, stdout: outcome.stdout.replaceAll(server, 'SERVER') }).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `deploy is SERVER/shop.git; production runs in SERVER/shop there.
  git push deploy main    makes it the stable, without a gap; the first time it starts everything
  git push deploy canary  puts it beside the stable as its canary
What git does not track, such as \`.env\`, must be in SERVER/shop before the first push.
`,
    });
  });

  test('accepts the folder of production', async () => {
    const args = ['remote', 'add', 'deploy', join(server, 'x.git'), '--production'];
    const { stdout } = await canary(laptop, [...args, join(server, 'live'), '--json']);
    expect(JSON.parse(stdout).directory).toBe(join(server, 'live'));
    const prepare = ['remote', 'prepare', join(server, 'x.git'), '--production'];
    const again = await canary(laptop, [...prepare, join(server, 'live'), '--json']);
    expect(JSON.parse(again.stdout).directory).toBe(join(server, 'live'));
  });

  test('names the folder from which Compose reads `.env` in a monorepo', async () => {
    const monorepo = await repository({ 'shops/eu/docker-compose.yml': 'services: {}\n' });
    const path = join(server, 'shop.git');
    const { stdout } = await canary(join(monorepo, 'shops/eu'), ['remote', 'add', 'deploy', path]);
    expect(stdout).toContain(`must be in ${join(server, 'shop/shops/eu')} before the first push`);
  });

  test('prints JSON, with the branches of canary.yaml', async () => {
    const path = join(server, 'shop.git');
    const { stdout } = await canary(laptop, ['--json', 'remote', 'add', 'live', path]);
    expect(JSON.parse(stdout)).toEqual({
      name: 'live',
      url: path,
      repository: path,
      directory: join(server, 'shop'),
      project: '',
      stable: 'main',
      canary: 'canary',
    });
    expect(await git(path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  });

  test.each([
    [['deploy', 'https://shop.example/shop.git'], 'canary cannot deploy to'],
    [['--', '-x', '/srv/shop.git'], '`-x` is not a name for a remote.'],
    [['deploy', 'ext::sh -c id'], 'canary cannot deploy to "ext::sh -c id".'],
  ])('rejects %j and changes nothing', async (args, words) => {
    const outcome = await canaryAndChanges(laptop, ['remote', 'add', ...args]);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain(words);
    expect(outcome.changes).toEqual([]);
  });
});

describe('what another machine says', () => {
  /** An environment whose ssh is this shell script: another machine that answers anything. */
  async function answering(script: string) {
    const ssh = join(await emptyFolder(), 'ssh');
    await writeFile(ssh, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { GIT_SSH: ssh };
  }
  const ADD = ['remote', 'add', 'deploy', 'ada@shop.example:/srv/shop.git'];

  test.each([
    '5',
    'null',
    '[]',
    '"repository"',
    '{"error":null}',
    '{"error":{"message":{}}}',
    '{"error":{"message":"x","hint":{},"details":{}}}',
    '{"repository":5,"directory":{},"project":[]}',
    '{"repository":"/a"}',
    '{"__proto__":{"repository":"/a"}}',
  ])('that is not an answer of canary is an error with a code: %s', async (answer) => {
    for (const end of [0, 1]) {
      const env = await answering(`echo '${answer}'; exit ${end}`);
      const { exitCode, stdout } = await canary(laptop, ['--json', ...ADD], env);
      expect(JSON.parse(stdout).error.code).toBe('target-unusable');
      expect(exitCode).toBe(2);
    }
  });

  test('reaches the terminal only as text', async () => {
    const evil = String.raw`\033]0;title\007\033[2J`;
    const answer = '{"repository":"/r","directory":"/d","project":""}';
    for (const end of [0, 1, 255]) {
      const env = await answering(`printf '${evil} ssh\\n' >&2; echo '${answer}'; exit ${end}`);
      const { stderr } = await canary(await repository(), ADD, env);
      expect(stderr).toContain(String.raw`\x1b]0;title\x07\x1b[2J ssh`);
    }
  });
});

test('a remote that has another address is named without its password', async () => {
  await git(laptop, 'remote', 'add', 'deploy', 'https://ada:s3cret@shop.example/shop.git');
  for (const flags of [[], ['--json'], ['--verbose']]) {
    const args = [...flags, 'remote', 'add', 'deploy', join(server, 'shop.git')];
    const { stdout, stderr } = await canary(laptop, args);
    expect(stdout + stderr).toContain('https://shop.example/shop.git');
    expect(stdout + stderr).not.toContain('s3cret');
  }
});

test('canary remote alone shows its subcommands', async () => {
  const { exitCode, stderr } = await canary(laptop, ['remote']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Usage: canary remote');
  expect(stderr).toMatch(/^ {2}add .*<name> <url>/m);
});

test('canary receive says that only a hook runs it', async () => {
  const outcome = await canaryAndChanges(laptop, ['receive', '--repository', laptop]);
  expect(outcome).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `✖ This is not git pushing: git closed the connection too early.
  Only the hook of a deploy repository runs \`canary receive\`; \`canary remote add\` makes one.
`,
    changes: [],
  });
});
