import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployServer } from '../../support/deploy-server.ts';
import { Storedog, until } from '../../support/storedog.ts';
import { discountLine, Load, userNames, visit } from '../../support/visitors.ts';

/** What can be pushed beside a canary and its promotion, and what is rejected. */
describe('git push deploy, later', () => {
  let laptop: Storedog;
  let server: DeployServer;

  const pages = async () => (await visit(laptop.url, userNames(40))).map(discountLine);
  const clones = async () =>
    (await laptop.containers()).filter((each) => each.service.endsWith('-canary'));

  beforeAll(async () => {
    laptop = await Storedog.create();
    server = await DeployServer.start(laptop);
    await server.prepare();
    await laptop.git('switch', '--quiet', 'main');
    await laptop.git('am', '--quiet', laptop.goodPatch);
    expect((await server.push('deploy', 'main')).exitCode).toBe(0);
    await laptop.untilShopAnswers();
    await laptop.git('branch', '--force', 'canary', 'main');
    expect((await server.push('deploy', 'canary')).exitCode).toBe(0);
  });

  afterAll(async () => {
    await laptop.dispose();
    await server.dispose();
  });

  it('rejects a branch that git could not store, before anything starts', async () => {
    const before = await clones();
    const { exitCode, stderr } = await server.push(
      ...['-o', 'canary', 'deploy', 'HEAD:refs/heads/canary/next'],
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('remote: ✖ `canary/next` cannot be beside `canary`.');
    expect(await clones()).toEqual(before);
  });

  it.each([
    ['somebody changed files on the server', 'README.md', 'Local changes in'],
    ['it brings a file that lies there, ignored by git', '.env', 'Local changes in'],
    ['its canary.yaml is wrong', 'canary.yaml', 'is not valid.'],
  ])('rejects main if %s, and changes nothing', async (_, name, words) => {
    const before = await laptop.containers();
    const path = join(server.production, name);
    const text = await readFile(path, 'utf8');
    const mine = await laptop.read(name);
    await laptop.write(name, `${mine}\nnonsense: true\n`);
    await laptop.git('add', '--force', name);
    await laptop.git('commit', '--quiet', '-m', `Change ${name}`);
    if (name === 'README.md') await writeFile(path, `${text}\nBy hand.\n`);
    const there = await readFile(path, 'utf8');

    const { exitCode, stderr } = await server.push('deploy', 'main');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(words);
    expect(await laptop.containers()).toEqual(before);
    expect(await readFile(path, 'utf8')).toBe(there);

    await writeFile(path, text);
    await laptop.git('reset', '--quiet', '--hard', 'HEAD^');
    await laptop.write(name, mine);
  });

  it('loads the settings of a pushed canary.yaml without an interruption', async () => {
    const settings = await laptop.read('canary.yaml');
    await laptop.write('canary.yaml', `${settings}force: { header: X-Side }\n`);
    await laptop.git('commit', '--quiet', '--all', '-m', 'Another header');
    const load = new Load(laptop.url, 50).start();
    const { exitCode, stderr } = await server.push('deploy', 'main');
    await load.stop();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('give the proxy its new configuration, without a gap');
    expect(load.problems).toEqual([]);
  });

  it('answers for several refs at once, each separately', async () => {
    await laptop.git('commit', '--quiet', '--allow-empty', '-m', 'Together');
    await laptop.git('branch', '--force', 'canary', 'main');
    await laptop.git('tag', 'v1');
    await laptop.git('branch', 'idea');
    const refs = ['main', '+canary', 'v1', 'idea'];
    const { exitCode, stderr } = await server.push('deploy', ...refs);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('idea: kept, not deployed');
    expect(stderr).toContain('a tag: kept, nothing is deployed');
    const head = await laptop.git('rev-parse', 'main');
    for (const ref of ['refs/heads/main', 'refs/heads/canary', 'refs/heads/idea', 'refs/tags/v1'])
      expect(await server.ref(ref)).toBe(head);
    expect((await server.status()).release.branch).toBe('canary');
  });

  it('removes the canary with its branch, and never the stable', async () => {
    expect((await server.push('deploy', '--delete', 'canary')).exitCode).toBe(0);
    expect(await clones()).toEqual([]);
    expect((await server.status()).release).toBeNull();
    const { exitCode, stderr } = await server.push('deploy', '--delete', 'main');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('the stable branch cannot be deleted');
  });

  it('keeps a push whose canary had users and was rolled back', async () => {
    await laptop.git('switch', '--quiet', 'canary');
    await laptop.git('am', '--quiet', laptop.badPatch);
    // This lock makes git reject the update of the branch after users have seen the canary.
    const held = join(server.repository, 'refs/heads/canary.lock');
    await writeFile(held, '');
    expect((await server.push('-o', 'weight=50', 'deploy')).exitCode).not.toBe(0);
    await rm(held);
    expect(await server.ref('refs/heads/canary')).toBe('');

    const name = `${laptop.project}-frontend-canary-1`;
    const { stdout: image } = await execa('docker', ['inspect', '-f', '{{.Image}}', name]);
    await execa('docker', ['rm', '--force', name]);
    await execa('docker', ['create', '--name', name, image]);
    const { exitCode, stderr } = await server.push('deploy');
    await execa('docker', ['rm', '--force', name]);
    expect(stderr).toContain('canary had users and was taken back');
    expect(exitCode).toBe(0);
    expect(await server.ref('refs/heads/canary')).toBe(await laptop.git('rev-parse', 'canary'));
    expect((await pages()).every((line) => line.includes('Big dogs'))).toBe(true);
  });

  it('completes even if the pusher disconnects', async () => {
    await laptop.git('commit', '--quiet', '--allow-empty', '-m', 'Once more');
    const { push } = await server.pushUntil('◆ release', 'deploy');
    push.kill('SIGKILL');
    await push;
    const wanted = await laptop.git('rev-parse', 'canary');
    await until('the pushed canary runs', async () => {
      return (await server.ref('refs/heads/canary')) === wanted;
    });
    expect((await server.status()).release.state).toBe('holding');
  });
});
