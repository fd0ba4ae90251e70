import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { BIN } from '../../support/built-canary.ts';
import { setUpFile } from '../../support/fixture-haproxy.ts';
import { Guide } from '../../support/guide.ts';
import { expectPlainUp, newestOf, withUsers } from '../../support/image-releases.ts';
import { ImageShop } from '../../support/image-shop.ts';
import { within } from '../../support/patience.ts';
import { GIT_ENV } from '../../support/storedog.ts';
import { Terminal } from '../../support/tmux.ts';
import { askAnew } from '../../support/traffic-shop.ts';

/** The last words of a command to ssh are what the other machine runs. */
const SSH = '#!/bin/sh\nshift\nexec "$@"\n';

/** Steps that a few users pass within seconds, and a check that tells good images from bad ones. */
const QUICK = {
  identity: ['header:X-User-Id'],
  steps: [{ weight: 50, for: '1s' }],
  analysis: {
    minimumRequests: 20,
    margin: '50%',
    shape: false,
    checks: [{ get: '/', expect: { contains: 'good' } }],
  },
};

const OVER_SSH = 'ssh deploy@shop.example canary -C /srv/shop deploy --tag "$TAG" --yes';

/** What a machine runs every few minutes. */
const TIMER = new URL('../../../examples/timer/', import.meta.url);

/** Every command of the guide, on the server that it describes. Its registry asks who wants an image. */
describe('docs/guides/images.md', () => {
  let guide: Guide;
  let shop: ImageShop;
  let programs: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    guide = await Guide.read('docs/guides/images.md');
    shop = await ImageShop.withImages({ '1.4.1': 'good 1', '1.4.2': 'good 2' }, { asksWho: true });
    programs = await mkdtemp(join(tmpdir(), 'canary-programs-'));
    await symlink(BIN, join(programs, 'canary'));
    await writeFile(join(programs, 'ssh'), SSH);
    await chmod(join(programs, 'ssh'), 0o755);
    env = {
      ...GIT_ENV,
      PATH: `${programs}${delimiter}${process.env.PATH}`,
      DOCKER_CONFIG: shop.signedIn ?? '',
      TAG: '1.4.2',
    };
    const compose = `name: ${shop.project}\n${guide.block('yaml')}`;
    await shop.write('docker-compose.yml', here(compose).replace('80:8000', `${shop.port}:3000`));
    await shop.write('.env', `VERSION=1.4.1\n${await setUpFile()}`);
    await shop.write('canary.env', 'VERSION=1.4.2\n');
    expect(await run('docker compose up --detach --quiet-pull')).toMatchObject({ exitCode: 0 });
    await shop.untilShopAnswers();
  });
  afterAll(async () => {
    await shop?.dispose();
    await rm(programs, { recursive: true, force: true });
  });

  /** A text of the guide, with the names of this machine. */
  const here = (text: string) =>
    text
      .replaceAll('registry.acme.example', shop.registry.host)
      .replaceAll('/srv/shop', shop.directory);

  const run = async (command: string) => {
    const line = here(command);
    const options = { cwd: shop.directory, env, stdin: 'ignore', reject: false } as const;
    const { exitCode, all = '' } = await execa('sh', ['-c', line], {
      ...options,
      all: true,
      timeout: within(180_000),
    });
    return { line, exitCode, all };
  };
  const succeed = async (command: string) => {
    const { line, exitCode, all } = await run(command);
    expect(exitCode, `${line}\n${all}`).toBe(0);
    return all;
  };
  const said = async () => {
    const side = async (name: string) => askAnew(shop.url, { 'X-Canary': name });
    return { stable: await side('stable'), canary: await side('canary') };
  };
  const version = async () => /^VERSION=(.*)$/m.exec(await shop.read('.env'))?.[1];

  it('sets up a folder that has no repository', async () => {
    guide.mention('docker login');
    await succeed(guide.follow('canary init --service web'));
    await succeed(guide.follow('canary up'));
    await shop.untilShopAnswers();
  });

  describe('under users', () => {
    withUsers(() => shop);

    it('releases a tag, promotes it after a question, and takes it back', async () => {
      await succeed(guide.follow('canary deploy --tag 1.4.2 --weight 5'));
      expect(await said()).toEqual({ stable: 'good 1', canary: 'good 2' });
      await succeed(guide.mention('docker compose up -d'));
      expect(await said()).toEqual({ stable: 'good 1', canary: 'good 2' });

      const promote = ['sh', '-c', guide.follow('canary promote')];
      const size = { columns: 100, rows: 30, directory: shop.directory };
      const terminal = await Terminal.running(promote, { ...size, env });
      await terminal.seen(/VERSION=1\.4\.2[\s\S]*\?/);
      await terminal.press('y', 'Enter');
      expect(await terminal.exitCode()).toBe(0);
      expect(await version()).toBe('1.4.2');
      await expectPlainUp(shop, 'good 2');
      expect(await succeed(guide.mention('canary status'))).not.toContain('is not in');

      const { id } = await newestOf(shop);
      await shop.registry.stop();
      guide.mention('canary revert RELEASE');
      guide.mention('canary history');
      const revert = guide.follow('canary revert RELEASE').replace('RELEASE', id);
      await succeed(revert);
      expect(await version()).toBe('1.4.1');
      await expectPlainUp(shop, 'good 1');
      await shop.registry.startAgain();
    });

    it('looks at what each flag would release', async () => {
      const digest = await shop.registry.digestOf('acme/web', '1.4.2');
      for (const flags of guide.explained) {
        const plan = guide.mention('canary plan', guide.mention(flags));
        const planned = await succeed(plan.replace('sha256:…', digest));
        const isSame = flags === '--pull';
        expect(planned, plan).toContain(isSame ? 'Nothing to do.' : `${digest.slice(7, 19)}`);
      }
      const rehearsal = await run(guide.mention('canary rehearse', '--tag 1.4.2'));
      expect(rehearsal).toMatchObject({ exitCode: 7 });
      expect(rehearsal.all).toContain('no database to rehearse with');
    });

    it('is released by CI over ssh', async () => {
      const settings = parse(await shop.read('canary.yaml'));
      await shop.write('canary.yaml', stringify({ ...settings, ...QUICK }));
      await succeed('canary up');
      await succeed(guide.follow(OVER_SSH));
      expect(await version()).toBe('1.4.2');
      await expectPlainUp(shop, 'good 2');
    });

    it('is asked by a timer for what moved', async () => {
      const [ask, pull] = ['canary plan --pull --exit-code', 'canary deploy --pull --yes'];
      guide.mention(ask);
      guide.follow(pull);
      for (const timer of ['canary-pull.service', 'crontab'])
        expect(await readFile(new URL(timer, TIMER), 'utf8')).toContain('deploy --pull --yes');
      const codes = async () => [(await run(ask)).exitCode, (await run(pull)).exitCode];
      expect(await codes()).toEqual([0, 0]);
      await shop.publish('1.4.2', 'good 3');
      expect(await codes()).toEqual([1, 0]);
      await expectPlainUp(shop, 'good 3');
      const tags = await shop.tags();
      const bad = [
        { says: 'bad', exitCode: 3, state: 'removed' },
        // Its program ends at once: a canary that is never ready.
        { says: "it's", exitCode: 1, state: 'failed' },
      ];
      for (const { says, exitCode, state } of bad) {
        await shop.publish('1.4.2', says);
        expect(await codes()).toEqual([1, exitCode]);
        const { id } = await newestOf(shop);
        expect(await codes()).toEqual([0, 0]);
        expect(await newestOf(shop)).toMatchObject({ id, state });
      }
      expect(await shop.tags()).toBe(tags);
      await expectPlainUp(shop, 'good 3');
    });

    it('is a commit, or another branch, where git keeps the file', async () => {
      await shop.write('.gitignore', '.canary/\n');
      await shop.keepInGit();
      await shop.git('branch', 'canary');
      const planned = await succeed(
        guide.mention('canary plan --tag 1.4.2').replace('1.4.2', '1.4.1'),
      );
      expect(planned).toContain('becomes a commit on `canary`');
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose expands it.
      const compose = (await shop.read('docker-compose.yml')).replace('${VERSION}', '1.4.1');
      await shop.commitOn('canary', 'docker-compose.yml', compose);
      const deploy = guide.mention('canary deploy --branch NAME', '--weight 5');
      await succeed(deploy.replace('NAME', 'canary'));
      expect(await said()).toEqual({ stable: 'good 3', canary: 'good 1' });
      await succeed('canary abort');
    });
  });

  it('has no other command', () => expect(guide.left).toEqual([]));
});
