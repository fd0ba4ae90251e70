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

interface Job {
  before_script: string[];
  script: string[];
  after_script: unknown[];
}

/** The lines of a release, of its report, and the line by which the report comes to the request. */
interface Pipeline {
  release: () => Promise<string>;
  report: () => Promise<string>;
  comment: string;
}

const GITHUB: Pipeline = {
  release: () => githubSteps('Use the deploy key', 'Release it'),
  report: () => githubSteps('Report it'),
  comment: `pr comment 7 --repo acme/shop --body-file`,
};

async function githubSteps(...names: string[]): Promise<string> {
  const { jobs } = parse(await example('ci/github-actions-images.yml'));
  const steps: { name?: string; run?: string }[] = jobs.release.steps;
  return names.map((name) => steps.find((each) => each.name === name)?.run ?? 'exit 99').join('\n');
}

const GITLAB: Pipeline = {
  release: async () => gitlabLines(({ release, before }) => [...before, ...release.script]),
  // Its first line refers to the lines of `before_script`.
  report: async () =>
    gitlabLines(({ release, before }) => [...before, ...release.after_script.slice(1)]),
  comment: `note@report.md http://gitlab.example/api/projects/5/repository/commits/abc123/comments`,
};

async function gitlabLines(
  lines: (jobs: { release: Job; before: string[] }) => unknown[],
): Promise<string> {
  const text = (await example('ci/gitlab-ci-images.yml')).replaceAll('!reference', '');
  const { '.server': server, release } = parse(text);
  // The job has its own container; here it shares /tmp.
  return lines({ release, before: server.before_script })
    .join('\n')
    .replaceAll('/tmp/', `${folder}/`);
}

describe.each([
  ['GitHub', GITHUB],
  ['GitLab', GITLAB],
])('a release from CI at %s', (_, pipeline) => {
  const run = async (script: string) =>
    execa('bash', ['-e', '-c', script], {
      reject: false,
      cwd: folder,
      env: {
        PATH: `${programs}:${process.env.PATH}`,
        ...{ DEPLOY_HOST: 'deploy@shop.example', DEPLOY_FOLDER: '/srv/shop' },
        ...(pipeline === GITHUB
          ? { DEPLOY_KEY: 'the key', DEPLOY_KNOWN_HOSTS: 'the host' }
          : { DEPLOY_KEY: join(folder, 'key'), DEPLOY_KNOWN_HOSTS: join(folder, 'hosts') }),
        ...{ GITHUB_SHA: 'abc123', RUNNER_TEMP: folder, GITHUB_REPOSITORY: 'acme/shop' },
        GITHUB_STEP_SUMMARY: join(folder, 'summary'),
        ...{ CI_COMMIT_SHA: 'abc123', CI_PROJECT_ID: '5', REPORT_TOKEN: 'the token' },
        CI_API_V4_URL: 'http://gitlab.example/api',
      },
    });
  // What ssh gets after the host is what the other machine runs.
  const SSH = 'while [ "$1" != deploy@shop.example ]; do shift; done; shift; exec "$@"';

  beforeEach(async () => {
    await writeFile(join(folder, 'key'), 'the key\n');
  });

  test.each([0, 3])('ends as canary ends: %s', async (code) => {
    await program('ssh', SSH);
    await program('canary', `echo "$GITHUB_ACTIONS$@"; exit ${code}`);
    const { exitCode, stdout } = await run(await pipeline.release());
    expect({ exitCode, stdout }).toEqual({
      exitCode: code,
      // The log of a job obeys what is in it: canary must know where it prints.
      stdout: `${pipeline === GITHUB ? 'true' : ''}-C /srv/shop deploy --tag abc123 --yes`,
    });
  });

  test('fails if the machine is not reached', async () => {
    await program('ssh', 'exit 255');
    expect((await run(await pipeline.release())).exitCode).toBe(255);
  });

  test('comments with the report, and shows the token to nobody', async () => {
    await program('ssh', SSH);
    await program('canary', 'echo "the report of $@"');
    await program('gh', `echo "$@" >> ${folder}/called; case "$1" in api) echo 7;; esac`);
    await program('curl', `echo "$@" >> ${folder}/called`);
    const { exitCode } = await run(await pipeline.report());
    const called = await readFile(join(folder, 'called'), 'utf8');
    expect(exitCode).toBe(0);
    expect(called).toContain(pipeline.comment);
    expect(called).not.toContain('the token');
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toBe(
      'the report of -C /srv/shop report\n',
    );
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
