import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReleaseRecord, type ReleaseRecord } from '../../../src/git/release-record.ts';
import type { Storedog } from '../../support/storedog.ts';
import { SERVER_FILE, serverThatSays, trafficShop } from '../../support/traffic-shop.ts';

/** What git, `history`, journals and images record of several releases, read with git and docker themselves. */
describe('the record of releases', () => {
  let shop: Storedog;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    shop = await trafficShop();
  });

  afterAll(() => shop.dispose());

  const tagNames = async () =>
    (await shop.git('for-each-ref', '--format=%(refname)', 'refs/canary/releases'))
      .split('\n')
      .map((name) => name.replace('refs/canary/releases/', ''));

  async function record(id: string | undefined): Promise<ReleaseRecord> {
    const text = await shop.git('cat-file', 'tag', `refs/canary/releases/${id}`);
    const told = parseReleaseRecord(text.slice(text.indexOf('\n\n') + 2));
    if (!told) throw new Error(`no record of a release: ${text}`);
    return told;
  }

  /** The releases in `history`, oldest first; the tags must match. */
  async function history(): Promise<ReleaseRecord[]> {
    const { releases } = JSON.parse((await shop.succeed('history', '--json')).stdout);
    const told = await Promise.all((await tagNames()).map(record));
    expect(releases.reverse()).toEqual(
      told.map((each) => ({ ...each, source: 'journal', backups: [] })),
    );
    return told;
  }

  /** The id of the image that the container of a compose service runs. */
  async function imageOf(service: string): Promise<string> {
    const container = (await shop.containers()).find((each) => each.service === service);
    const inspect = ['inspect', '--format', '{{.Image}}', container?.id ?? ''];
    return (await execa('docker', inspect)).stdout;
  }

  /** The image names that canary gave, without those of other projects. */
  async function keptImages(): Promise<string[]> {
    const { stdout } = await execa('docker', [
      ...['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'],
      ...['--filter', `reference=${shop.project}-*:*-*`],
    ]);
    return stdout.split('\n').filter(Boolean).sort();
  }

  async function deploy(...args: string[]): Promise<string> {
    await shop.succeed('deploy', '--branch', 'canary', ...args);
    return (await shop.status()).release.id;
  }

  const named = (tag: string) => `${shop.project}-frontend:${tag}`;

  it('contains what runs while a release holds its weight', async () => {
    ids.first = await deploy('--weight', '20');

    const told = await record(ids.first);
    const commit = await shop.git('rev-parse', 'canary');
    expect(told).toMatchObject({
      id: ids.first,
      project: shop.project,
      branch: 'canary',
      commit,
      subject: await shop.git('log', '-1', '--format=%s', 'canary'),
      services: ['frontend'],
      state: 'holding',
      reason: 'at 20 %, waiting for a person to promote or revert',
      endedAt: null,
      promotedCommit: null,
    });
    expect(told.images).toEqual([
      {
        service: 'frontend',
        image: named(`canary-${commit.slice(0, 12)}`),
        imageId: await imageOf('frontend-canary'),
      },
    ]);
    expect(told.weights.map(({ weight }) => weight)).toEqual([20]);
    expect(await shop.git('rev-parse', `refs/canary/releases/${ids.first}^{}`)).toBe(commit);
    await history();
  });

  it('contains each weight change once', async () => {
    for (const weight of ['50', '50', '5']) await shop.succeed('weight', weight);
    expect((await record(ids.first)).weights.map(({ weight }) => weight)).toEqual([20, 50, 5]);
    expect((await record(ids.first)).images).toHaveLength(1);
    await history();
  });

  it('names the release that replaced another', async () => {
    await shop.commitOn('canary', 'README.md', 'More\n');
    ids.second = await deploy();
    const commit = await shop.git('rev-parse', 'canary');
    expect(await record(ids.first)).toMatchObject({
      state: 'removed',
      reason: `replaced by canary at ${commit.slice(0, 12)}`,
    });
    expect((await record(ids.first)).endedAt).not.toBeNull();
    expect((await history()).map((each) => each.id)).toEqual([ids.first, ids.second]);
  });

  it('contains a promotion, and keeps the images from before and after it', async () => {
    const before = await imageOf('frontend');
    await shop.succeed('promote', '--force');

    const commit = await shop.git('rev-parse', 'main');
    expect(await record(ids.second)).toMatchObject({ state: 'promoted', promotedCommit: commit });
    const short = commit.slice(0, 12);
    expect(await keptImages()).toEqual(
      [named(`before-${ids.second}`), named(`canary-${short}`)].sort(),
    );
    const kept = await shop.imageId(named(`before-${ids.second}`));
    expect(`sha256:${kept}`).toBe(before);
    const now = await shop.imageId(named(`canary-${short}`));
    expect(`sha256:${now}`).toBe(await imageOf('frontend'));
    await history();
  });

  it('contains a revert', async () => {
    await shop.commitOn('canary', SERVER_FILE, serverThatSays('another'));
    ids.third = await deploy('--weight', '10');
    await shop.succeed('revert');
    const told = await record(ids.third);
    expect(told).toMatchObject({
      state: 'reverted',
      reason: expect.stringMatching(/^reverted by hand; revert commit [0-9a-f]+$/),
    });
    expect(told.weights.map(({ weight }) => weight)).toEqual([10, 0]);
    await history();
  });

  it('is completed by the next command if a killed one left it out', async () => {
    const stale = await shop.git('rev-parse', `refs/canary/releases/${ids.first}`);
    await shop.git('update-ref', '-d', `refs/canary/releases/${ids.first}`);
    await shop.git('update-ref', `refs/canary/releases/${ids.third}`, stale);
    await shop.succeed('abort');
    expect((await history()).map((each) => each.id)).toEqual([ids.first, ids.second, ids.third]);
  });

  it('keeps the images of earlier promotions', async () => {
    await shop.commitOn('canary', 'README.md', 'Even more\n');
    ids.fourth = await deploy();
    await shop.succeed('promote', '--force');
    const promoted = await Promise.all([ids.second, ids.fourth].map(record));
    expect(await keptImages()).toEqual(
      promoted
        .flatMap(({ id, promotedCommit }) => [
          named(`before-${id}`),
          named(`canary-${promotedCommit?.slice(0, 12)}`),
        ])
        .sort(),
    );
    expect(await tagNames()).toEqual([ids.first, ids.second, ids.third, ids.fourth]);
  });

  it('drops tags, journals and images beyond the retention', async () => {
    await shop.write('canary.yaml', `${await shop.read('canary.yaml')}retention: 1\n`);
    await shop.commitOn('canary', 'README.md', 'The last\n');
    const last = await deploy();
    expect(await tagNames()).toEqual([ids.fourth, last]);
    await shop.succeed('abort');

    expect((await history()).map((each) => each.id)).toEqual([ids.fourth, last]);
    const journals = await readdir(join(shop.directory, '.canary/releases'));
    expect(journals.sort()).toEqual([`${ids.fourth}.jsonl`, `${last}.jsonl`]);
    const { promotedCommit } = await record(ids.fourth);
    expect(await keptImages()).toEqual(
      [named(`before-${ids.fourth}`), named(`canary-${promotedCommit?.slice(0, 12)}`)].sort(),
    );
    expect((await shop.status()).stable.commit).toBe(promotedCommit);
    expect(await shop.git('tag')).toBe('');
  });

  it('is no reason to fail: a deploy continues if git rejects it, and says so', async () => {
    for (const id of await tagNames())
      await shop.git('update-ref', '-d', `refs/canary/releases/${id}`);
    await shop.git('update-ref', 'refs/canary', 'main');
    const { stderr } = await shop.succeed('deploy', '--branch', 'canary');
    expect(stderr).toMatch(
      /^! Release \S+ could not be recorded in git: `git update-ref` failed\.$/m,
    );
    await shop.succeed('abort');
    expect((await shop.status()).release).toBeNull();
  });
});
