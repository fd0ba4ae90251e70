import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/system/clock.ts';
import { FileLock } from '../../../src/system/state/lock.ts';
import { DeployServer } from '../../support/deploy-server.ts';
import { type ContainerFacts, Storedog } from '../../support/storedog.ts';
import { discountLine, Load, userNames, visit } from '../../support/visitors.ts';

/** Everything from a laptop, by `git push deploy`, over ssh. */
describe('git push deploy', () => {
  let laptop: Storedog;
  let server: DeployServer;
  let untouched: ContainerFacts[];

  const pages = async () => (await visit(laptop.url, userNames(40))).map(discountLine);
  const preview = async () => (await fetch(laptop.previewUrl)).text();
  const clones = async () =>
    (await laptop.containers()).filter((each) => each.service.endsWith('-canary'));

  beforeAll(async () => {
    laptop = await Storedog.create();
    server = await DeployServer.start(laptop);
  });

  afterAll(async () => {
    await laptop.dispose();
    await server.dispose();
  });

  it('uses a repository that `canary remote add` prepared on the server; preparing twice changes nothing', async () => {
    const { stdout } = await server.prepare();
    expect(stdout).toContain(`production runs in ${server.production} there.`);
    expect(await laptop.git('remote', 'get-url', 'deploy')).toBe(server.url);
    await server.prepare();
    const short = ['remote', 'add', 'short', server.shortUrl];
    const again = await laptop.canaryWith(server.environment, ...short);
    expect(again.stdout).toContain(`production runs in ${server.production} there.`);
  });

  it('rejects a canary while production does not run', async () => {
    const { exitCode, stderr } = await server.push('deploy', 'canary');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('Push the stable branch first: it starts production.');
    expect(await server.ref('refs/heads/canary')).toBe('');
  });

  it('starts production with the first push of main, and keeps the secrets in its folder', async () => {
    const { exitCode, stderr } = await server.push('deploy', 'main');
    expect(stderr).toContain('remote: ✔ start the proxy');
    expect(exitCode).toBe(0);
    await laptop.untilShopAnswers();
    expect(await server.ref('refs/heads/main')).toBe(await laptop.git('rev-parse', 'main'));
    const secrets = await readFile(join(server.production, '.env'), 'utf8');
    expect(secrets).toBe(await laptop.read('.env'));
    untouched = await laptop.stableContainers();
  });

  it('shows progress live, and runs the branch as the canary', async () => {
    await laptop.git('switch', '--quiet', 'canary');
    await laptop.git('am', '--quiet', laptop.badPatch);
    const { push } = await server.pushUntil('◆ release', '-o', 'weight=50', 'deploy');
    expect(await clones()).toEqual([]);
    const { exitCode, stderr } = await push;
    expect(exitCode).toBe(0);
    expect(String(stderr)).toContain('remote: ✔ send 50 % of users to the canary');
    const seen = await pages();
    expect(seen.some((line) => line.includes('undefined'))).toBe(true);
    expect(seen.some((line) => line.includes('BIGDOG'))).toBe(true);
    expect(await server.ref('refs/heads/canary')).toBe(await laptop.git('rev-parse', 'canary'));
    expect(await laptop.stableContainers()).toEqual(untouched);
  });

  it('rejects what cannot be deployed, and keeps the running canary', async () => {
    const before = await clones();
    const compose = await laptop.read('docker-compose.yml');
    await laptop.write('docker-compose.yml', compose.replace('services:', 'servisses:'));
    await laptop.git('commit', '--quiet', '--all', '-m', 'A typing error');
    const { exitCode, stderr } = await server.push('deploy');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('remote: ✖ Compose refuses the compose file.');
    expect(stderr).toContain('! [remote rejected] HEAD -> canary');
    expect(await clones()).toEqual(before);
    await laptop.git('reset', '--quiet', '--hard', 'HEAD^');
    expect(await server.ref('refs/heads/canary')).toBe(await laptop.git('rev-parse', 'canary'));
  });

  it('is rejected while another command runs, which it names', async () => {
    const lock = new FileLock(join(server.production, '.canary/lock.json'), systemClock);
    const release = await lock.acquire('deploy');
    await laptop.git('commit', '--quiet', '--allow-empty', '-m', 'Too early');
    const { exitCode, stderr } = await server.push('deploy');
    // The canary already runs this very commit, but this push asked for another branch.
    const other = await server.push('-o', 'canary', 'deploy', 'HEAD^:refs/heads/other');
    await release();
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('remote: ✖ `canary deploy` is running');
    expect(other.exitCode).not.toBe(0);
    expect(await server.ref('refs/heads/other')).toBe('');
    await laptop.git('reset', '--quiet', '--hard', 'HEAD^');
  });

  it('deploys a pushed revert, after the traffic is off', async () => {
    await laptop.git('revert', '--no-edit', 'HEAD');
    const deploy = ['deploy', '--remote', 'deploy', '--branch', 'canary', '--weight', '0'];
    const { exitCode, stderr } = await laptop.canaryWith(server.environment, ...deploy);
    expect(stderr).toContain('remove the canary of');
    expect(exitCode).toBe(0);
    const { release } = await server.status();
    expect(release.subject).toBe('Revert "Improve naming with coupon instead of code"');
    expect(release.weight.set).toBe(0);
    expect(await preview()).toContain('BIGDOG');
    expect((await pages()).every((line) => line.includes('BIGDOG'))).toBe(true);
    const journal = await readFile(
      join(server.production, '.canary/releases', `${release.id}.jsonl`),
      'utf8',
    );
    const steps = journal.split('\n').filter((line) => line.includes('"operation-started"'));
    const kinds = steps.map((line) => JSON.parse(line).operation.kind);
    expect(kinds.indexOf('retire-canary')).toBeLessThan(kinds.indexOf('start-canary'));
    expect(await laptop.stableContainers()).toEqual(untouched);
  });

  it('deploys a forced push and reports it', async () => {
    await laptop.git('reset', '--quiet', '--hard', 'main');
    await laptop.git('am', '--quiet', laptop.goodPatch);
    expect((await server.push('deploy')).exitCode).not.toBe(0);
    const { exitCode, stderr } = await server.push('--force', 'deploy');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('remote: ! A forced push: canary goes from');
    expect(await preview()).toContain('Big dogs');
  });

  it('makes pushed main the stable without an interruption, from the identical canary', async () => {
    await laptop.git('switch', '--quiet', 'main');
    await laptop.git('merge', '--quiet', '--no-ff', '-m', 'Merge canary', 'canary');
    const load = new Load(laptop.url, 50).start();
    const { exitCode, stderr } = await server.push('deploy', 'main');
    await load.stop();
    expect(exitCode).toBe(0);
    expect(load.problems).toEqual([]);
    expect(stderr).not.toContain('build');
    expect((await pages()).every((line) => line.includes('Big dogs'))).toBe(true);
    expect(await clones()).toEqual([]);
    const { stable } = await server.status();
    expect(stable.commit).toBe(await laptop.git('rev-parse', 'main'));
    const shared = (list: ContainerFacts[]) =>
      list.filter((each) => ['db', 'advertisements'].includes(each.service));
    expect(shared(await laptop.stableContainers())).toEqual(shared(untouched));
  });
});
