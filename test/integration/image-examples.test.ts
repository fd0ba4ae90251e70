import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { emptyFolder } from '../support/fixture-project.ts';

const example = (path: string) =>
  readFile(new URL(`../../examples/${path}`, import.meta.url), 'utf8');

let folder: string;
/** What stands in for programs; they write down how they were called. */
let programs: string;

beforeEach(async () => {
  folder = await emptyFolder();
  programs = join(folder, 'programs');
  await mkdir(programs);
});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(programs, name), 0o755);
}

describe('a release from CI', () => {
  const release = async () => {
    const { jobs } = parse(await example('ci/github-actions-images.yml'));
    const steps: { name?: string; run?: string }[] = jobs.release.steps;
    const script = ['Use the deploy key', 'Release it'].map(
      (name) => steps.find((each) => each.name === name)?.run ?? 'exit 99',
    );
    return execa('bash', ['-e', '-c', script.join('\n')], {
      reject: false,
      env: {
        PATH: `${programs}:${process.env.PATH}`,
        ...{ DEPLOY_KEY: 'the key', DEPLOY_KNOWN_HOSTS: 'the host' },
        ...{ DEPLOY_HOST: 'deploy@shop.example', DEPLOY_FOLDER: '/srv/shop' },
        ...{ GITHUB_SHA: 'abc123', RUNNER_TEMP: folder },
        GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      },
    });
  };
  // What ssh gets after the host is what the other machine runs.
  const SSH = 'while [ "$1" != deploy@shop.example ]; do shift; done; shift; exec "$@"';

  test.each([0, 3])('ends as canary ends: %s', async (code) => {
    await program('ssh', SSH);
    await program('canary', `echo "$@"; exit ${code}`);
    expect((await release()).exitCode).toBe(code);
    expect(await readFile(join(folder, 'summary'), 'utf8')).toBe(
      '-C /srv/shop deploy --tag abc123 --yes\n',
    );
  });

  test('fails if the machine is not reached', async () => {
    await program('ssh', 'exit 255');
    expect((await release()).exitCode).toBe(255);
  });
});

test('units and crontab of a timer call the same', async () => {
  const service = await example('timer/canary-pull.service');
  const line = (await example('timer/crontab')).split('\n').find((each) => each.startsWith('*'));
  expect(service).toContain('\nExecStart=/usr/local/bin/canary deploy --pull --yes\n');
  expect(service).toContain('\nWorkingDirectory=/srv/shop\n');
  await program('canary', 'pwd >&2; echo "$@" >&2');
  const command = (line ?? '').split(' ').slice(5).join(' ').replace('/srv/shop', folder);
  // As cron does.
  const { stdout, stderr } = await execa('/bin/sh', ['-c', command], {
    extendEnv: false,
    env: { PATH: `${programs}:/usr/bin:/bin`, HOME: '/root', SHELL: '/bin/sh' },
  });
  expect(stderr.split('\n')).toEqual([folder, '--quiet deploy --pull --yes']);
  // Cron would send a mail with each result.
  expect(stdout).toBe('');
});
