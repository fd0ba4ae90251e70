import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type Subprocess } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ended } from '../../support/built-canary.ts';
import { type ContainerFacts, GIT_ENV, Storedog } from '../../support/storedog.ts';

const MAIN = 'refs/heads/main';

/** Everything that may go wrong before production runs for the first time, each fixed by one more push. */
describe('the first push', () => {
  let laptop: Storedog;
  let server: string;
  let production: string;
  let repository: string;
  let data: string | undefined;

  const startPush = (...refs: string[]) =>
    execa('git', ['push', 'deploy', ...refs], {
      cwd: laptop.directory,
      env: GIT_ENV,
      reject: false,
      stdin: 'ignore',
      timeout: 180_000,
    });
  const push = async (...refs: string[]): Promise<Ended> => {
    const { exitCode = -1, stdout, stderr } = await startPush(...refs);
    return { exitCode, stdout, stderr };
  };
  const commit = async (path: string, content: string) => {
    await laptop.write(path, content);
    await laptop.git('commit', '--quiet', '--all', '-m', `Change ${path}`);
    return laptop.git('rev-parse', 'HEAD');
  };
  const branch = () =>
    laptop.git('--git-dir', repository, 'for-each-ref', '--format=%(objectname)', MAIN);
  const idOf = async (service: string) =>
    (await laptop.stableContainers()).find((each) => each.service === service)?.id;

  beforeAll(async () => {
    laptop = await Storedog.create();
    server = await mkdtemp(join(tmpdir(), `${laptop.project}-server-`));
    [production, repository] = [join(server, 'shop'), join(server, 'shop.git')];
    await laptop.succeed('remote', 'add', 'deploy', repository);
    await copyFile(join(laptop.directory, '.env'), join(production, '.env'));
  });

  afterAll(async () => {
    await laptop.dispose();
    await rm(server, { recursive: true, force: true });
  });

  it('with invalid settings is rejected, and so is the next, for its own errors', async () => {
    const settings = await laptop.read('canary.yaml');
    await commit('canary.yaml', settings.replace('discounts', 'discount'));
    expect((await push('main')).stderr).toContain('There is no service `discount`');
    await commit('canary.yaml', settings.replace('services', 'servces'));
    expect((await push('main')).stderr).toContain('canary.yaml is not valid.');
    await commit('canary.yaml', settings);
    expect(await laptop.containers()).toEqual([]);
  });

  it('of code that does not start is rejected, and what it started is left for the next push', async () => {
    const dockerfile = await laptop.read('store-frontend/Dockerfile');
    await commit('store-frontend/Dockerfile', `${dockerfile}\nCMD ["false"]\n`);
    const { exitCode, stderr } = await push('main');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('restarts again and again');
    expect(await branch()).toBe('');
    data = await idOf('db');
    expect(data).toBeDefined();
    await commit('store-frontend/Dockerfile', dockerfile);
  });

  it('is accepted after one that was killed, but not while another runs', async () => {
    // As left by a push that was killed before git knew the folder and before every file was written.
    const entry = await laptop.git('-C', production, 'rev-parse', '--absolute-git-dir');
    await writeFile(join(entry, 'gitdir'), `${join(repository, 'canary/checkout/.git')}\n`);
    await laptop.git('-C', production, 'read-tree', '--empty');
    await rm(join(production, 'store-frontend'), { recursive: true });
    const before = await idOf('advertisements');
    const script = await laptop.read('advertisements/app.py');
    const ours = await commit('advertisements/app.py', `${script}\n# Mended.\n`);

    const accepted = startPush('main');
    await untilSaid(accepted, 'Building');
    const refused = await push(`main^:${MAIN}`);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('`canary receive` is running');
    expect((await accepted).stderr).toContain('[new branch]');
    expect(await branch()).toBe(ours);
    await laptop.untilShopAnswers();
    expect(await idOf('db')).toBe(data);
    expect(await idOf('advertisements')).not.toBe(before);
    await expectWhole();
  });

  it('takes over production that ran without it, from the files that are already there', async () => {
    await laptop.succeed('-C', production, 'down', '--yes');
    await laptop.git('-C', production, 'update-ref', '-d', MAIN);
    await rm(join(production, '.git'));
    await laptop.git('--git-dir', repository, 'worktree', 'prune');
    const before = await laptop.stableContainers();

    const page = await laptop.read('store-frontend/server.js');
    await commit('store-frontend/server.js', `${page}\n// Newer than production.\n`);
    const refused = await push('main');
    expect(refused.stderr).toContain('store-frontend/server.js');
    expect(refused.stderr).toContain('Nothing was changed.');
    expect(await laptop.containers()).toEqual(before);

    const { exitCode, stderr } = await push(`main^:${MAIN}`);
    expect(stderr).toContain('[new branch]');
    expect(exitCode).toBe(0);
    const shared = (list: ContainerFacts[]) =>
      list.filter(({ service }) => ['db', 'advertisements'].includes(service));
    expect(shared(await laptop.stableContainers())).toEqual(shared(before));
    expect((await fetch(laptop.url)).status).toBe(200);
    await expectWhole();
    expect((await push('main')).exitCode).toBe(0);
    await expectWhole();
  });

  /** Production is on its branch, with every file of it. */
  async function expectWhole(): Promise<void> {
    expect(await laptop.git('-C', production, 'symbolic-ref', 'HEAD')).toBe(MAIN);
    expect(await laptop.git('-C', production, 'status', '--porcelain')).toBe('');
  }
});

async function untilSaid(push: Pick<Subprocess, 'stderr'>, words: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    push.stderr?.on('data', (chunk) => {
      said += chunk;
      if (said.includes(words)) resolve();
    });
    push.stderr?.on('end', () => reject(new Error(`The push never said "${words}":\n${said}`)));
  });
}
