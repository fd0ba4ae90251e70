import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Storedog } from '../../support/storedog.ts';
import { discountLine, Load, userNames, visit } from '../../support/visitors.ts';

/** A realistic project: uploads beside the code, a settings file in git, tags of its own builds. */
describe('files, data and images of a project', () => {
  let shop: Storedog;

  const read = (service: string, path: string) =>
    shop.canaryCompose('exec', '-T', service, 'cat', path);

  beforeAll(async () => {
    shop = await Storedog.create((compose, project) =>
      compose
        .replace(
          '    ports:\n',
          `    image: ${project}-shop:prod\n    volumes:\n      - ./uploads:/uploads\n      - ./shop.conf:/shop.conf:ro\n    ports:\n`,
        )
        .replace(
          'context: ./store-frontend\n',
          `context: ./store-frontend\n      tags: ["${project}-shop:prod"]\n`,
        ),
    );
    await mkdir(join(shop.directory, 'uploads'));
    await shop.write('uploads/.gitkeep', '');
    await shop.write('shop.conf', 'one\n');
    await shop.git('add', '--force', 'uploads/.gitkeep', 'shop.conf');
    await shop.git('commit', '--quiet', '-m', 'Uploads and settings');
    await shop.write('uploads/photo.jpg', 'a photo\n');
    await shop.startProduction();
    await shop.succeed('up');
    await shop.git('branch', '--force', 'canary', 'main');
    await shop.commitOn('canary', 'shop.conf', 'two\n');
  });

  afterAll(() => shop.dispose());

  it('`plan` names what stays the stable’s, and leaves no trace', async () => {
    const before = await shop.git('status', '--porcelain', '--ignored');
    const { stdout } = await shop.succeed('plan', '--branch', 'canary', '--weight', '5');
    expect(stdout).toContain(
      '/uploads: it is writable and git tracks no more than a placeholder in it, so it is for data.',
    );
    expect(stdout).toContain('frontend takes shop.conf from the branch: git tracks it.');
    expect(await shop.git('status', '--porcelain', '--ignored')).toBe(before);
    expect(await shop.git('worktree', 'list')).not.toContain('\n');
  });

  it('the canary has the users’ files and its branch’s settings, and the stable’s image keeps its name', async () => {
    const image = await shop.compose('images', '--quiet', 'frontend');
    await shop.succeed('deploy', '--branch', 'canary', '--apply', shop.goodPatch, '--weight', '10');
    expect(await read('frontend-canary', '/uploads/photo.jpg')).toBe('a photo');
    expect(await read('frontend-canary', '/shop.conf')).toBe('two');
    expect(await read('frontend', '/shop.conf')).toBe('one');
    expect(await shop.imageId(`${shop.project}-shop:prod`)).toContain(image);
  });

  it('`promote` gives the stable the branch’s settings too, without a lost request', async () => {
    const load = new Load(shop.url, 50).start();
    await shop.succeed('promote');
    await load.stop();
    expect(load.problems).toEqual([]);
    expect(await read('frontend', '/shop.conf')).toBe('two');
    expect(await read('frontend', '/uploads/photo.jpg')).toBe('a photo');
    const visits = await visit(shop.url, userNames(20));
    expect(visits.every((each) => discountLine(each).includes('Big dogs'))).toBe(true);
    expect(await shop.git('status', '--porcelain')).toBe('?? uploads/photo.jpg');
  });

  it('a change of settings only is promoted too', async () => {
    await shop.commitOn('canary', 'shop.conf', 'three\n');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
    await shop.succeed('promote');
    expect(await read('frontend', '/shop.conf')).toBe('three');
  });
});
