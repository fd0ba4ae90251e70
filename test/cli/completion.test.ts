import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { canary, engineOff } from '../support/fixture-cli.ts';
import { emptyFolder, fingerprint, git, repository } from '../support/fixture-project.ts';

const run = promisify(execFile);
const RELEASE = '20261121-120000-aaaaaaa';

/** A project with branches, a remote and a release. */
async function project(): Promise<string> {
  const folder = await repository();
  await git(folder, 'branch', 'new-prices');
  await git(folder, 'branch', 'évil$(touch-pwned)');
  await git(folder, 'remote', 'add', 'live', '/nowhere.git');
  await mkdir(join(folder, '.canary/releases'), { recursive: true, mode: 0o700 });
  await chmod(join(folder, '.canary'), 0o700);
  await writeFile(join(folder, `.canary/releases/${RELEASE}.jsonl`), '');
  return folder;
}

const offered = async (folder: string, ...words: string[]) => {
  const { stdout, stderr, exitCode } = await canary(
    folder,
    ['__complete', ...words],
    await engineOff(),
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const lines = stdout.trimEnd().split('\n');
  return { words: lines.slice(0, -1).map((line) => line.split('\t')[0]), directive: lines.at(-1) };
};

describe('the hidden command `__complete`', () => {
  test.each([
    [['sta'], ['status']],
    [
      ['remote', ''],
      ['add', 'prepare'],
    ],
    [['help', 'pro'], ['promote']],
    [['deploy', '--br'], ['--branch']],
    [['deploy', '-b', 'new'], ['new-prices']],
    [['deploy', '--branch=new'], ['--branch=new-prices']],
    [
      ['push', '--branch', ''],
      ['main', 'new-prices'],
    ],
    [['push', ''], ['live']],
    [['deploy', '--remote', 'l'], ['live']],
    [
      ['wait', '--for', 'pro'],
      ['promoting', 'promoted'],
    ],
    [['revert', ''], [RELEASE]],
    [['analyze', '--replay', '2026'], [RELEASE]],
    [
      ['analyze', '--signal', 's'],
      ['slow', 'size'],
    ],
    [['map', '--format', 'm'], ['mermaid']],
    [['init', '--service', 'f'], ['frontend']],
    [['init', '--role', 'frontend=w'], ['frontend=worker']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['status', '--wat'], ['--watch']],
    [['weight', ''], []],
    [['recei'], []],
    [['--nonsense', ''], expect.arrayContaining(['init', 'deploy'])],
    [[], expect.arrayContaining(['init', 'deploy'])],
  ])('offers for %j: %j', async (words, expected) => {
    expect((await offered(await project(), ...words)).words).toEqual(expected);
  });

  test.each([
    [['apply', 'x'], ':0'],
    [['--config', ''], ':0'],
    [['-C', ''], ':16'],
    [['init', '--entry', ''], ':6'],
    [['status', ''], ':4'],
  ])('says for %j how the shell goes on: %s', async (words, directive) => {
    expect((await offered(await project(), ...words)).directive).toBe(directive);
  });

  test('looks where -C and -f say', async () => {
    const folder = await project();
    await writeFile(join(folder, 'other.yml'), 'services: { other: { image: x } }\n');
    const elsewhere = await emptyFolder();
    const words = ['-C', folder, 'push', '--branch', 'new'];
    expect((await offered(elsewhere, ...words)).words).toEqual(['new-prices']);
    const services = ['-C', folder, '--file=other.yml', 'init', '--service', ''];
    expect((await offered(elsewhere, ...services)).words).toEqual(['other']);
  });

  test('never fails, whatever is wrong with the project', async () => {
    const nowhere = await emptyFolder();
    expect((await offered(nowhere, 'push', '--branch', '')).words).toEqual([]);
    expect((await offered(nowhere, '-C', '/no/such/folder', 'revert', '')).words).toEqual([]);
    const broken = await repository({ 'docker-compose.yml': 'services: [\n', 'canary.yaml': '{' });
    expect((await offered(broken, 'init', '--service', '')).words).toEqual([]);
    const odd = await repository({ 'docker-compose.yml': '- a\n' });
    expect((await offered(odd, 'init', '--service', '')).words).toEqual([]);
  });

  test('touches nothing', async () => {
    const folder = await project();
    const before = await fingerprint(folder);
    for (const words of [
      ['revert', ''],
      ['push', '-b', ''],
      ['init', '-s', ''],
    ])
      await offered(folder, ...words);
    expect(await fingerprint(folder)).toEqual(before);
  });

  test('answers Docker’s CLI, which names the plugin first', async () => {
    expect((await offered(await project(), 'canary', 'sta')).words).toEqual(['status']);
  });
});

describe('the script for bash', () => {
  /** What bash has in COMPREPLY for a command line with the cursor at its end. */
  async function replies(folder: string, line: string): Promise<string[]> {
    const programs = await emptyFolder();
    const bin = new URL('../../bin/canary.js', import.meta.url).pathname;
    await writeFile(join(programs, 'canary'), `#!/bin/sh\nexec ${bin} "$@"\n`);
    await chmod(join(programs, 'canary'), 0o755);
    const script = `
      source <(canary completion bash) || exit 1
      COMP_LINE=$1 COMP_POINT=\${#1}
      # As readline splits words: at blanks, and = and : are words of their own.
      COMP_WORDS=(); word=; i=0
      for ((; i < \${#1}; i++)); do
        sign="\${1:i:1}"
        case $sign in
          ' ') [[ $word ]] && COMP_WORDS+=("$word"); word= ;;
          [=:]) [[ $word ]] && COMP_WORDS+=("$word"); COMP_WORDS+=("$sign"); word= ;;
          *) word+=$sign ;;
        esac
      done
      [[ $1 == *[=:] ]] || COMP_WORDS+=("$word")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      compopt() { :; }
      _canary
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
    const { stdout } = await run('bash', ['--norc', '-c', script, 'bash', line], {
      cwd: folder,
      env,
    });
    return stdout.split('\n').filter(Boolean);
  }

  test('is valid', async () => {
    const file = new URL('../../templates/completion/canary.bash', import.meta.url).pathname;
    await run('bash', ['-n', file]);
  });

  test.each([
    ['canary sta', ['status']],
    ['canary deploy --branch new', ['new-prices']],
    // Bash replaces only what follows the `=`.
    ['canary deploy --branch=new', ['new-prices']],
    ['canary deploy --branch=', ['main', 'new-prices']],
    ['canary init --role frontend=w', ['worker']],
    ['canary apply docker', ['docker-compose.yml']],
    ['canary -C fro', ['frontend']],
  ])('offers for `%s`: %j', async (line, expected) => {
    expect(await replies(await project(), line)).toEqual(expected);
  });

  test('runs nothing that a name contains', async () => {
    const folder = await project();
    await git(folder, 'branch', 'a`touch$IFS$9pwned`');
    expect(await replies(folder, 'canary push --branch ')).toEqual(['main', 'new-prices']);
    await expect(run('ls', [join(folder, 'pwned')])).rejects.toThrow();
  });
});

test.each(['bash', 'zsh', 'fish'])('`completion %s` prints its script', async (shell) => {
  const { stdout, exitCode } = await canary(await emptyFolder(), ['completion', shell]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('__complete');
});

test('`completion` knows its shells', async () => {
  const { stderr, exitCode } = await canary(await emptyFolder(), ['completion', 'fihs']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('`fihs` is none of bash, zsh, fish. Did you mean `fish`?');
});
