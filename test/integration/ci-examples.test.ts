import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { branch, emptyFolder, git, repository, writeFiles } from '../support/fixture-project.ts';

interface Example {
  file: string;
  keyFile: (folder: string) => string;
  /** The shell lines of one task, including those that run before it. */
  script: (task: Task, folder: string) => Promise<string>;
}

type Task = 'prepare' | 'deploy' | 'takeAway' | 'promote';

interface Workflow {
  jobs: { canary: { steps: { name?: string; run?: string }[] } };
}

type Pipeline = Record<string, { before_script?: string[]; script?: string[] }>;

const STEPS = {
  prepare: 'Use the deploy key',
  deploy: 'Deploy the canary',
  takeAway: 'Take the canary away',
  promote: 'Promote',
};
const JOBS = { deploy: 'deploy-canary', takeAway: 'take-away-canary', promote: 'promote' };

const GITHUB: Example = {
  file: 'github-actions.yml',
  keyFile: (folder) => join(folder, 'deploy_key'),
  async script(task) {
    const { steps } = (await read(this.file)).jobs.canary as Workflow['jobs']['canary'];
    const runs = (name: string) => steps.find((step) => step.name === name)?.run ?? 'exit 99';
    return [runs(STEPS.prepare), task === 'prepare' ? '' : runs(STEPS[task])].join('\n');
  },
};

const GITLAB: Example = {
  file: 'gitlab-ci.yml',
  keyFile: (folder) => join(folder, 'key'),
  async script(task, folder) {
    const jobs = (await read(this.file)) as Pipeline;
    const before = jobs['.deployment']?.before_script ?? ['exit 99'];
    const script = task === 'prepare' ? [] : (jobs[JOBS[task]]?.script ?? ['exit 99']);
    // The job has its own container; here it shares /tmp.
    return [...before, ...script].join('\n').replaceAll('/tmp/deploy_key', this.keyFile(folder));
  },
};

async function read(file: string) {
  return parse(await readFile(new URL(`../../examples/ci/${file}`, import.meta.url), 'utf8'));
}

describe.each([GITHUB, GITLAB])('the script of $file', (example) => {
  let folder: string;
  let shop: string;
  let server: string;

  beforeEach(async () => {
    folder = await emptyFolder();
    shop = await repository();
    server = join(folder, 'shop.git');
    await git(shop, 'clone', '--quiet', '--bare', '.', server);
    await git(shop, 'remote', 'add', 'origin', shop);
    await branch(shop, 'work', { 'price.txt': 'two\n' });
    await git(shop, 'switch', '--quiet', 'work');
    await writeFiles(folder, { secret: 'the key\n', hosts: 'the host\n' });
  });

  async function run(task: Task): Promise<void> {
    // As on the platforms, the first failing line ends the script.
    await execa('bash', ['-e', '-c', await example.script(task, folder)], {
      cwd: shop,
      env: {
        CI_DEFAULT_BRANCH: 'main',
        DEPLOY_KEY: example === GITHUB ? 'the key' : join(folder, 'secret'),
        DEPLOY_KNOWN_HOSTS: example === GITHUB ? 'the host' : join(folder, 'hosts'),
        DEPLOY_URL: server,
        RUNNER_TEMP: folder,
      },
    });
  }

  const deployed = (name: string) => git(server, 'for-each-ref', '--format=%(objectname)', name);
  const head = () => git(shop, 'rev-parse', 'HEAD');

  test('protects the key, and gives it to git', async () => {
    await run('prepare');
    const key = example.keyFile(folder);
    expect(((await stat(key)).mode & 0o777).toString(8)).toBe('600');
    expect(await readFile(key, 'utf8')).toBe('the key\n');
    const command = await git(shop, 'config', 'core.sshCommand');
    // ssh itself reads the settings, and rejects unknown ones.
    const { stdout } = await execa('sh', ['-c', `${command} -G host`]);
    expect(stdout).toContain(`identityfile ${key}`);
    expect(stdout).toContain('stricthostkeychecking true');
  });

  test('deploys the canary, even if its branch was rewritten', async () => {
    await run('deploy');
    expect(await deployed('refs/heads/canary')).toBe(await head());
    await git(shop, 'commit', '--quiet', '--amend', '--message', 'Again');
    await run('deploy');
    expect(await deployed('refs/heads/canary')).toBe(await head());
    expect(await deployed('refs/heads/main')).toBe(await git(shop, 'rev-parse', 'main'));
  });

  test('removes the canary', async () => {
    await run('deploy');
    await run('takeAway');
    expect(await deployed('refs/heads/canary')).toBe('');
  });

  if (example === GITLAB) {
    test('leaves a merged canary to its promotion', async () => {
      await run('deploy');
      await git(shop, 'branch', '--force', 'main', 'work');
      await run('takeAway');
      expect(await deployed('refs/heads/canary')).toBe(await head());
    });
  }

  test('promotes, and never rewrites what is in production', async () => {
    await run('promote');
    expect(await deployed('refs/heads/main')).toBe(await head());
    await git(shop, 'commit', '--quiet', '--amend', '--message', 'Again');
    await expect(run('promote')).rejects.toThrow('rejected');
  });

  test('fails if the server rejects the push', async () => {
    const hook = join(server, 'hooks/pre-receive');
    await writeFiles(server, { 'hooks/pre-receive': '' });
    await writeFile(hook, '#!/bin/sh\necho no >&2\nexit 1\n');
    await execa('chmod', ['755', hook]);
    await expect(run('deploy')).rejects.toThrow('remote: no');
  });
});
